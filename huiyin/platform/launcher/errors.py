"""What the launcher tells a person who can act on it: one Chinese line, one English line."""


class LauncherError(Exception):
    """Why a start or stop cannot go on, and what to do: `zh`, `en`, and `str()` for both lines."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


def disk_full(where: object) -> LauncherError:
    """Return the refusal for a disk without room at `where`."""
    return LauncherError(
        f"磁盘空间不足：{where}。请清理磁盘后重新启动，已有数据不会丢失。",
        f"The disk is full: {where}. Free some space and start again; no data has been lost.",
    )


def from_os(error: OSError, where: object) -> LauncherError:
    """Return the refusal for an error of the operating system met while working under `where`."""
    if error.errno in _NO_ROOM:
        return disk_full(where)
    return LauncherError(
        f"无法使用目录 {where}：{error}。请检查目录的权限和磁盘。",
        f"Cannot use {where}: {error}. Check the directory's permissions and the disk.",
    )


def is_disk_full(output: str) -> bool:
    """Return whether a program that said this found no room."""
    return any(sign in output for sign in _NO_ROOM_SIGNS)


def from_output(step: str, output: str, where: object) -> LauncherError:
    """Return the refusal for a PostgreSQL program that failed at `step` and said `output`."""
    if is_disk_full(output):
        return disk_full(where)
    return LauncherError(
        f"数据库启动步骤失败（{step}）。日志：{where}",
        f"PostgreSQL failed at {step}. Log: {where}\n{output.strip()}",
    )


_NO_ROOM_SIGNS = ("No space left on device", "Disk quota exceeded", "Check free disk space")
_NO_ROOM = {28, 122, 69}  # ENOSPC; EDQUOT on Linux; EDQUOT on macOS
