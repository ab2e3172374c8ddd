"""Makes a new data directory, whole or not at all."""

import os
import shutil
from pathlib import Path

from huiyin.platform.launcher import processes
from huiyin.platform.launcher.errors import LauncherError, disk_full, from_output
from huiyin.platform.launcher.programs import Outcome, Programs

SUPERUSER = "postgres"
_ROOM_NEEDED = 200 * 1024 * 1024  # a new cluster takes about 70 MB with its first log segments

_SETTINGS = """
# --- Huiyin: sizes for one small machine. Yours to change; they are written once. ---
shared_buffers = 128MB
max_connections = 60
wal_compression = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = 500ms
log_parameter_max_length = 0  # bound values may be personal data
log_line_prefix = '%m [%p] %u@%d '
"""


def initialise(programs: Programs, pgdata: Path, *, durable: bool) -> None:
    """Make `pgdata`. It is made beside its place and renamed when finished, so a half-made one is never used.

    Raises LauncherError when the disk is full, something else lies in the place, or initdb fails.
    """
    if pgdata.exists() and any(pgdata.iterdir()):
        raise LauncherError(
            f"{pgdata} 里有别的文件，不是数据库目录，未作改动。请换一个目录或移走这些文件。",
            f"{pgdata} holds other files and is not a database directory; it was left alone."
            " Move them away or choose another directory.",
        )
    if shutil.disk_usage(pgdata.parent).free < _ROOM_NEEDED:
        raise disk_full(pgdata.parent)
    draft = _empty_draft(programs, pgdata)
    outcome = _initdb(programs, draft, "C.UTF-8", durable=durable)
    if "invalid locale name" in outcome.output:  # macOS before 15 and musl have none
        outcome = _initdb(programs, draft, "C", durable=durable)
    if not outcome.ok:
        raise from_output("initdb", outcome.output, pgdata.parent)
    _finish(draft, pgdata, durable=durable)


def _empty_draft(programs: Programs, pgdata: Path) -> Path:
    """Return an empty directory beside `pgdata`, cleared of an initdb cut short that may still run."""
    draft = pgdata.with_name(f"{pgdata.name}.new")
    processes.end_orphans(draft)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    programs.account.own(draft)
    return draft


def _initdb(programs: Programs, draft: Path, locale: str, *, durable: bool) -> Outcome:
    arguments = [f"--pgdata={draft}", f"--username={SUPERUSER}", "--encoding=UTF8", f"--locale={locale}"]
    # Only the private socket is open; should somebody switch TCP on, nobody gets in without a rule of theirs.
    arguments += ["--auth-local=trust", "--auth-host=reject", "--data-checksums"]
    return programs.run("initdb", *arguments, *([] if durable else ["--no-sync"]), timeout_s=120, place=draft)


def _finish(draft: Path, pgdata: Path, *, durable: bool) -> None:
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write(_SETTINGS)
        configuration.flush()
        os.fsync(configuration.fileno())
    draft.rename(pgdata)
    if durable:
        parent = os.open(pgdata.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
