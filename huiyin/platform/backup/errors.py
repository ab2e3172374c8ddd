"""What stops a backup or a restore, as an operator reads it: one Chinese line, one English line."""

from pathlib import Path

from huiyin.platform.launcher.errors import LauncherError


class BackupError(LauncherError):
    """Why it cannot go on, and what to do."""


class Damaged(BackupError):  # noqa: N818  # an answer, as everywhere in the house
    """The backup is not whole, or not as it was written."""


class Foreign(BackupError):  # noqa: N818  # an answer, as everywhere in the house
    """The backup belongs to other keys, a newer version, or is none of ours."""


class Refused(BackupError):  # noqa: N818  # an answer, as everywhere in the house
    """The place to write to is not free for it."""


def missing(path: Path) -> Damaged:
    """Return the refusal for a backup that lacks a file."""
    return Damaged(
        f"备份不完整：缺少 {path}。请换用另一份备份。",
        f"The backup is not whole: {path} is missing. Take another one.",
    )


def changed(path: Path) -> Damaged:
    """Return the refusal for a backup of which a file is not as it was written."""
    return Damaged(
        f"备份已损坏：{path} 与校验和不符。请换用另一份备份。",
        f"The backup is damaged: {path} is not what its checksum says. Take another one.",
    )
