"""`/metrics`: the numbers of all rooms in Prometheus' text format, for a reader of the office's own."""

import ipaddress
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from prometheus_client.core import Metric

from huiyin.notify import queries as notify
from huiyin.org.actors import SYSTEM
from huiyin.platform import clock, condition, crypto
from huiyin.platform import metrics as counted
from huiyin.platform.errors import NotFound
from huiyin.platform.metrics import gauge

# A proxy on this machine comes from loopback too, on behalf of somebody outside; any of these gives it away.
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


def _is_loopback(name: str) -> bool:
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _from_here(request: HttpRequest) -> bool:
    """Return whether somebody on this machine asks for this machine, through nobody."""
    name, _port = split_domain_port(request.get_host())
    near = _is_loopback(str(request.META.get("REMOTE_ADDR", ""))) and _is_loopback(name)
    return near and not any(request.META.get(name) for name in _FORWARDED)


def _may_read(request: HttpRequest) -> bool:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    told = bool(settings.METRICS_TOKEN) and kind == "Bearer" and crypto.same(token, settings.METRICS_TOKEN)
    return told or _from_here(request)


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for a reader on this machine or with the token of HUIYIN_METRICS_TOKEN; nothing for others."""
    if not _may_read(request):
        raise NotFound()
    return HttpResponse(counted.text(_now()), content_type=counted.CONTENT_TYPE)


def _age(at: datetime | None) -> float:
    return max(0.0, (clock.now() - at).total_seconds()) if at else 0.0


def _now() -> Iterator[Metric]:
    yield from _jobs()
    yield from _messages()
    seen_at = condition.worker_seen_at()
    seen = [((), _age(seen_at))] if seen_at else []
    yield gauge("huiyin_worker_silent_seconds", "Since a worker said that it lives.", seen)
    if disk := condition.disk():
        yield gauge("huiyin_disk_free_bytes", "Room where data lies.", [((), disk.free)])
        yield gauge("huiyin_disk_total_bytes", "Size of that disk.", [((), disk.total)])
    yield gauge("huiyin_database_bytes", "Size of the database.", [((), condition.database()[0])])
    done = [((kind,), row.at.timestamp()) for kind, row in condition.upkeep().items()]
    yield gauge("huiyin_upkeep_timestamp_seconds", "When the last backup and the last restore ended.", done, "kind")


def _jobs() -> Iterator[Metric]:
    found: Counter[tuple[str, ...]] = Counter()
    oldest: dict[tuple[str, ...], float] = {}
    for row in condition.jobs():
        found[row.queue, "waiting" if row.status == "todo" else "failed"] += row.count
        if row.status == "todo":
            oldest[row.queue,] = max(oldest.get((row.queue,), 0.0), _age(row.oldest_at))
    yield gauge("huiyin_jobs", "Jobs that are due and wait, or failed.", found.items(), "queue", "state")
    yield gauge("huiyin_jobs_oldest_seconds", "Since when the oldest of them waits.", oldest.items(), "queue")


def _messages() -> Iterator[Metric]:
    rows = [r for r in notify.traffic(SYSTEM) if r.state != "sent"]
    counts = [((r.way, r.state), float(r.count)) for r in rows]
    yield gauge("huiyin_messages", "Messages not sent, by how they stand.", counts, "way", "state")
