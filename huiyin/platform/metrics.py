"""Numbers for Prometheus: what is counted here in each process, and what is asked when somebody reads them.

Several web processes serve one address, and a reader reaches one of them. So each keeps its counts in files under
METRICS_DIR (prometheus-client's multiprocess mode), and whoever answers adds them up; gauges of a process that ended
are dropped. The directory lies in memory: a count written through mmap on a full disk would kill the process.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OURS = CollectorRegistry()
_REQUESTS = Counter("huiyin_requests", "Answers given.", ["route", "method", "status"], registry=_OURS)
_SECONDS = Histogram("huiyin_request_seconds", "Time until an answer.", ["route"], buckets=_BUCKETS, registry=_OURS)
_SLOW = Counter("huiyin_slow_statements", "Statements slower than HUIYIN_SLOW_MS.", registry=_OURS)
_POOL = Gauge(
    "huiyin_pool_connections", "Database connections of the web processes.", ["state"], registry=_OURS,
    multiprocess_mode="livesum",
)  # fmt: skip
_POOL_STATES = {"pool_size": "open", "pool_available": "idle", "requests_waiting": "waited_for"}


def route_of(request: HttpRequest) -> str:
    """Return the name of the route that answered, never its path: that may hold what opens a matter."""
    match = request.resolver_match
    if match is not None:
        return match.url_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def count(request: HttpRequest, *, status: int, seconds: float) -> None:
    """Count one answer."""
    route, method = route_of(request), request.method if request.method in _METHODS else "OTHER"
    _REQUESTS.labels(route, method, f"{status // 100}xx").inc()
    _SECONDS.labels(route).observe(seconds)
    if "pool" in settings.DATABASES["default"]["OPTIONS"]:
        stats = connections["default"].pool.get_stats()  # type: ignore[attr-defined]  # of the PostgreSQL backend
        for name, state in _POOL_STATES.items():
            _POOL.labels(state).set(stats.get(name, 0))


def count_slow() -> None:
    """Count one slow statement."""
    _SLOW.inc()


def slow_so_far() -> int:
    """Return how many slow statements all web processes met since the server started."""
    registry = _OURS
    if settings.METRICS_DIR:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call]  # its own
    return int(registry.get_sample_value("huiyin_slow_statements_total") or 0)


def gauge(name: str, about: str, rows: Iterable[tuple[tuple[str, ...], float]], *labels: str) -> Metric:
    """Return a number of this moment, a row for each combination of labels."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, value in rows:
        family.add_metric(values, value)
    return family


class _Now(Collector):
    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = list(found)

    def collect(self) -> Iterable[Metric]:
        return self._found


def text(now: Iterable[Metric]) -> bytes:
    """Return what all web processes counted, and the numbers of this moment, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Now([*now, gauge("huiyin_process_memory_bytes", "Resident memory.", _memory(), "pid")]))
    if settings.METRICS_DIR:
        for pid in _pids() - set(_alive()):
            multiprocess.mark_process_dead(pid, settings.METRICS_DIR)  # type: ignore[no-untyped-call]  # its own
        multiprocess.MultiProcessCollector(registry, path=settings.METRICS_DIR)  # type: ignore[no-untyped-call]  # its own
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(_OURS)


def _pids() -> set[int]:
    found = (re.fullmatch(r"\w+_(\d+)\.db", path.name) for path in Path(settings.METRICS_DIR).glob("*.db"))
    return {int(match[1]) for match in found if match}


def _alive() -> Iterator[int]:
    for pid in _pids() if settings.METRICS_DIR else ():
        if Path(f"/proc/{pid}").exists():
            yield pid


def _memory() -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the memory of each web process, by its number."""
    for pid in [str(p) for p in _alive()] or ["self"]:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:  # ended meanwhile, or a system without /proc
            continue
        if match := re.search(r"VmRSS:\s+(\d+) kB", status):
            yield (pid,), int(match[1]) * 1024
