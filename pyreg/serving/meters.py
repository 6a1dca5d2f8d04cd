"""Requests in, what Prometheus reads out."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Meters:
    """The counters of one service.

    Args:
        asked: what it is asked about, `texts` or `images`.
    """

    def __init__(self, asked: str) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "pyreg_requests", "Requests.", ["endpoint", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "pyreg_request_seconds",
            "Time from a whole request to its answer.",
            ["endpoint"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self.in_progress = Gauge(
            "pyreg_requests_in_progress", "Requests in work.", registry=self._registry
        )
        self._answers = Counter(
            f"pyreg_{asked}",
            f"{asked.capitalize()} that were answered.",
            ["label"],
            registry=self._registry,
        )
        self.uncounted = Counter(
            f"pyreg_{asked}_uncounted",
            f"{asked.capitalize()} that the file of counts did not take.",
            registry=self._registry,
        )

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def answer(self, label: str) -> None:
        self._answers.labels(label).inc()

    def told(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self._registry)
