"""Django's database settings from a URL; the address of the database the launcher runs."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

SOCKET_DIR_NAME = "s"  # short: a socket path must stay under 107 bytes
PORT = 5432
NAME = "huiyin"


def local_url(role: str, data_dir: Path) -> str:
    """Return the URL of the launcher's own database for `role`, over its private Unix socket."""
    return f"postgresql://{role}@/{NAME}?host={quote(str(data_dir / SOCKET_DIR_NAME))}&port={PORT}"


def settings_for(url: str, *, pooled: bool = True, pool_size: int = 8) -> dict[str, Any]:
    """Return a DATABASES entry for a `postgresql://` URL. Raises ValueError for any other scheme."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme}://")
    query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    options: dict[str, Any] = {k: v for k, v in query.items() if k not in {"host", "port"}}
    # Every page's statement takes milliseconds; compiling a plan that looks dear takes half a second.
    options.setdefault("options", "-c jit=off")
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
