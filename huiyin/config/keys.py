"""Secret keys, kept outside the database: given as JSON in the environment or a file made at first start."""

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """`session` signs cookies, `contact` encrypts contacts, `index` finds them, `bearer` makes PINs and links."""

    session: str
    contact: str
    index: str
    bearer: str

    def __repr__(self) -> str:
        return "Keys(…)"


def _new() -> Keys:
    return Keys(*(secrets.token_urlsafe(32) for _ in range(4)))


def _write_new(path: Path) -> None:
    """Write new keys unless another process did so first: linking a finished file is atomic, opening one is not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(_new())))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def path_in(data_dir: Path) -> Path:
    """Return where keys are kept that were made for the launcher's own database."""
    return data_dir / "keys.json"


def load(data_dir: Path, *, given: str, required: bool) -> Keys:
    """Return the keys. `given` is JSON or `@/path/to/file`; without it a file under `data_dir` is made once.

    Raises RuntimeError when `required` and nothing was given: keys made by accident would lock contacts for ever.
    """
    if given:
        text = Path(given[1:]).read_text() if given.startswith("@") else given
        return Keys(**json.loads(text))
    if required:
        raise RuntimeError("HUIYIN_KEYS must be given in production; see docs/operations.md, «Keys».")
    path = path_in(data_dir)
    if not path.exists():
        _write_new(path)
    return Keys(**json.loads(path.read_text()))


def fingerprints(keys: Keys) -> dict[str, list[str]]:
    """Return what tells keys apart and gives none of them away, for each of those a list rotates."""
    return {
        name: sorted(hashlib.sha256(f"huiyin|{name}|{one}".encode()).hexdigest()[:16] for one in given.split(","))
        for name, given in asdict(keys).items()
    }


def install(data_dir: Path, keys: Keys) -> None:
    """Make these the keys of the launcher's own database; what was there before is kept beside them."""
    path = path_in(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(keys)))
    if path.exists() and json.loads(path.read_text()) != asdict(keys):
        os.replace(path, path.with_name(f"{path.name}.before"))
    os.replace(draft, path)
