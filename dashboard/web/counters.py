"""The counters themselves. Loaded once `PROMETHEUS_MULTIPROC_DIR` is set, which they depend on."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboard.web.metrics import BUCKETS

_OWN = CollectorRegistry()
REQUESTS = Counter(
    "neuromix_requests", "Requests answered.", ("method", "route", "status"), registry=_OWN
)
SECONDS = Histogram(
    "neuromix_request_seconds",
    "From a request to the beginning of its answer.",
    ("route",),
    buckets=BUCKETS,
    registry=_OWN,
)
RESULTS = Counter(
    "neuromix_results",
    "Results that were there (hit) or were made (miss): a miss of a model is a fit.",
    ("of", "result"),
    registry=_OWN,
)


class _Stores(Collector):
    """The sizes of folders, which no worker counts."""

    def __init__(self, sizes: Iterable[tuple[str, int]]) -> None:
        self._sizes = list(sizes)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return one number for each folder."""
        found = GaugeMetricFamily("neuromix_store_bytes", "Bytes on disk.", labels=("store",))
        for name, size in self._sizes:
            found.add_metric((name,), size)
        yield found


def of_all_workers(folder: Path, sizes: Iterable[tuple[str, int]]) -> tuple[bytes, str]:
    """Return the sums over all workers as text, and its type."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))
    registry.register(_Stores(sizes))
    return generate_latest(registry), CONTENT_TYPE_LATEST
