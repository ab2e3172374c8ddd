"""Calling an address of another office: the name is looked up once, judged, and that very address is called."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from huiyin.notify.errors import AddressRefused, CarrierFault, HookGone

TIMEOUT = urllib3.Timeout(connect=5, read=10)
GONE = 410


def _named(address: str) -> bool:
    """Return whether an address lies in a network that the administrator named."""
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(n, strict=False) for n in settings.HOOK_NETWORKS)


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_multicast


def looked_up(url: str) -> str:
    """Return the one address that `url` may be called at. Raises AddressRefused, CarrierFault when no name server answers."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.fragment:
        raise AddressRefused(field="url", why=url[:80])
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError) as error:
        raise CarrierFault(f"{parts.hostname}: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    fine = [a for a in addresses if _named(a) or (_public(a) and parts.scheme == "https")]
    if not fine or len(fine) < len(addresses):
        raise AddressRefused(field="url", why=parts.hostname)
    return fine[0]


def _pool(url: str, address: str) -> urllib3.HTTPConnectionPool:
    parts = urlsplit(url)
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=TIMEOUT)
    return urllib3.HTTPSConnectionPool(
        address, parts.port or 443, timeout=TIMEOUT, server_hostname=parts.hostname, assert_hostname=parts.hostname,
        ssl_context=ssl.create_default_context(),
    )  # fmt: skip


def call(url: str, body: str, headers: Mapping[str, str]) -> int:
    """Return the status with which the other side took the body. Raises CarrierFault, HookGone, AddressRefused."""
    parts = urlsplit(url)
    pool = _pool(url, looked_up(url))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {**headers, "Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "huiyin-webhooks"}
    try:
        answer = pool.urlopen(
            "POST", target, body=body.encode(), headers=sent, retries=False, redirect=False, preload_content=False
        )
        status = answer.status
        answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise CarrierFault(str(error)[:200]) from error
    finally:
        pool.close()
    if status == GONE:
        raise HookGone(f"HTTP {status}")
    if not 200 <= status < 300:
        raise CarrierFault(f"HTTP {status}")
    return status
