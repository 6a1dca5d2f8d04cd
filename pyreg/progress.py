"""Snakemake's log records in, what a person at the console wants to know out.

How many jobs are done, how long the rest will take, what is running and how far it is, at least
every half minute; of a job that failed, the end of its log instead of its command. Snakemake's own
log file keeps everything.
"""

import logging
import re
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OFTEN, SELDOM = 10, 30  # seconds: between two pieces of news, and at most without any
MOST_RUNNING = 4  # jobs told of at once
LAST_LINES = 5  # of a failed job's log
WIDTH = 80
# A path stays whole, so that it can be copied.
INDENTED = textwrap.TextWrapper(
    WIDTH,
    initial_indent="  ",
    subsequent_indent="  ",
    break_long_words=False,
    break_on_hyphens=False,
)
REACHED = re.compile(r"(?:\brun (\d+)/(\d+): )?\b(epoch|trial) (\d+)/(\d+)")
# Rules whose log tells of one training of many (`train_together`), not of the whole job.
TOGETHER = ("train_python", "train_r")
LEAST_KNOWN = 0.25  # of all jobs: those that are done, and those of whose rule a time is known
# What Snakemake says that is told here in a better way, or that nobody asked for.
TOLD_HERE = ("run_info", "progress", "job_finished", "job_error", "resources_info")
NOISE = (
    "Select jobs to execute...",
    "Assuming unrestricted shared filesystem usage.",
    "Using shell:",
    "Conda environments: ignored",
    "Singularity containers: ignored",
    "RuleException:\nCalledProcessError",
    "Complete log(s):",
    "Elapsed time:",
)
EXECUTE = re.compile(r"Execute \d+ jobs\.\.\.")


@dataclass
class Job:
    """A job that runs.

    Attributes:
        name: as its log is called.
        cost: what it takes relative to others of its rule; 1 where that is not known.
    """

    rule: str
    name: str
    log: Path | None
    started: float
    cost: float

    def reached(self) -> tuple[str, float | None] | None:
        """Where its log says it is, and what share of the job that is: `epoch 7 of 20`, 0.35.

        Of many trainings it is the one that it is at, and no share.
        """
        found = [match for line in self.last_lines(20) for match in REACHED.finditer(line)]
        if not found:
            return None
        if self.rule in TOGETHER:
            return found[-1].string[: found[-1].end()], None
        run, runs, unit, number, last = found[-1].groups()
        where, share = f"{unit} {number} of {last}", int(number) / int(last)
        if run is not None:
            where = f"run {run} of {runs}, {where}"
            share = (int(run) - 1 + share) / int(runs)
        return where, share

    def last_lines(self, number: int) -> list[str]:
        if self.log is None or not self.log.exists():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-number:]


class Progress(logging.Handler):
    """Tells what happens.

    Args:
        tell: takes a line.
        costs: by rule, what each of its jobs takes relative to others, which is their priority;
            those of other rules take the same.
        clock: seconds.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        costs: Mapping[str, Sequence[float]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.tell, self.clock = tell, clock
        self.costs = {rule: list(of_jobs) for rule, of_jobs in (costs or {}).items()}
        self.waiting: Counter[str] = Counter()
        self.total = self.done = self.at_once = 0
        self.is_started = False  # never in a dry run, which lists jobs and starts none
        self.running: dict[int, Job] = {}
        self.took: list[tuple[Job, float]] = []
        self.begin = self.last_news = clock()

    def emit(self, record: logging.LogRecord) -> None:
        handle = getattr(self, f"_{getattr(record, 'event', None)}", None)
        if handle:
            handle(record)

    def beat(self) -> None:
        """Tell something if nothing was told for long."""
        with self.lock:  # type: ignore[union-attr]
            if self.is_started and self.running and self.clock() - self.last_news >= SELDOM:
                self._news()

    def seconds_left(self) -> float | None:
        """About how long the rest will take; None while that would rest on too little."""
        running = [(job, self._paced(job)) for job in self.running.values()]
        known = [*self.took, *((job, total) for job, total in running if total)]
        paces = _paces(known)
        timed = sum(number for rule, number in self.waiting.items() if rule in paces)
        timed += sum(job.rule in paces for job, _ in running)
        if not known or self.done + timed < LEAST_KNOWN * self.total:
            return None
        now = [
            max(0.0, (total or job.cost * self._pace(job.rule, paces)) - self._age(job))
            for job, total in running
        ]
        later = sum(
            number * self._mean_cost(rule) * self._pace(rule, paces)
            for rule, number in self.waiting.items()
        )
        return max([*now, (sum(now) + later) / self.at_once])

    def _run_info(self, record: logging.LogRecord) -> None:
        stats = dict(record.stats)  # type: ignore[attr-defined]
        total = stats.pop("total")
        if self.total and not self.is_started:  # said again: a dry run ends
            kinds = ", ".join(f"{rule} {number}" for rule, number in stats.items())
            self.tell(f"{total} jobs would be run: {kinds}")
        self.total = total
        self.waiting = Counter(stats)

    def _job_started(self, _record: logging.LogRecord) -> None:
        self.is_started = True

    def _job_info(self, record: logging.LogRecord) -> None:
        logs = record.log  # type: ignore[attr-defined]
        log = Path(logs[0]) if logs else None
        rule, number = record.rule_name, record.jobid  # type: ignore[attr-defined]
        name = log.with_suffix("").as_posix().rpartition("logs/")[2] if log else rule
        cost = getattr(record, "priority", None)
        if cost in self.costs.get(rule, []):
            self.costs[rule].remove(cost)
        else:  # a user may prioritize jobs
            cost = self._mean_cost(rule)
        self.running[number] = Job(rule, name, log, self.clock(), cost)
        self.waiting[rule] -= 1
        self.at_once = max(self.at_once, len(self.running))

    def _job_finished(self, record: logging.LogRecord) -> None:
        job = self.running.pop(record.job_id, None)  # type: ignore[attr-defined]
        if job is None:
            return
        self.done += 1
        self.took.append((job, self._age(job)))
        if self.done == self.total or self.clock() - self.last_news >= OFTEN:
            self._news()

    def _job_error(self, record: logging.LogRecord) -> None:
        job = self.running.pop(record.jobid, None)  # type: ignore[attr-defined]
        if job is None:
            return
        self.tell(f"{job.name} failed:")
        for line in [*job.last_lines(LAST_LINES), f"(the end of {job.log})"]:
            self.tell(INDENTED.fill(line))

    def _news(self) -> None:
        self.last_news = self.clock()
        for line in self._lines():
            self.tell(line[:WIDTH])

    def _lines(self) -> Iterator[str]:
        left = self.seconds_left()
        about = f", about {_minutes(left)} left" if left else ""
        spent = _minutes(self.clock() - self.begin)
        yield f"[{self.done} of {self.total} jobs done in {spent}{about}]"
        for job in list(self.running.values())[:MOST_RUNNING]:
            reached = job.reached()
            where = reached[0] if reached else "started"
            yield f"  {job.name}: {where}, {_minutes(self._age(job))}"
        if len(self.running) > MOST_RUNNING:
            yield f"  and {len(self.running) - MOST_RUNNING} more"

    def _paced(self, job: Job) -> float | None:
        """How long a job that runs takes in all, by the pace of its epochs."""
        reached = job.reached()
        return self._age(job) / reached[1] if reached and reached[1] else None

    def _age(self, job: Job) -> float:
        return self.clock() - job.started

    def _mean_cost(self, rule: str) -> float:
        """Of the jobs of a rule that were not seen to begin."""
        of_jobs = self.costs.get(rule) or [1.0]
        return sum(of_jobs) / len(of_jobs)

    def _pace(self, rule: str, paces: Mapping[str, float]) -> float:
        """What jobs of the rule take for their cost; the median of like rules if it is unknown.

        However many long jobs are done, those of unknown rules are as short as ever.
        """
        if rule in paces:
            return paces[rule]
        is_costed = rule in self.costs
        like = [pace for known, pace in paces.items() if (known in self.costs) == is_costed]
        like = sorted(like or paces.values())
        return like[len(like) // 2]


def _paces(known: Sequence[tuple[Job, float]]) -> dict[str, float]:
    """What the quickest job of each rule takes for its cost.

    Args:
        known: seconds of the jobs that are done, and by their pace of those that run.
    """
    paces: dict[str, float] = {}
    for job, seconds in known:
        pace = seconds / job.cost
        paces[job.rule] = min(pace, paces.get(job.rule, pace))
    return paces


def follow(logger: logging.Logger, costs: Mapping[str, Sequence[float]] | None = None) -> None:
    """Tell of Snakemake's progress on standard error, and silence what only makes noise.

    Args:
        costs: see `Progress`.
    """
    for handler in logger.handlers:
        if not isinstance(handler, logging.FileHandler):
            handler.addFilter(is_news)
    progress = Progress(lambda line: print(line, file=sys.stderr, flush=True), costs)
    logger.addHandler(progress)
    threading.Thread(target=_beat_forever, args=(progress,), daemon=True).start()


def is_news(record: logging.LogRecord) -> bool:
    """Whether a record of Snakemake's is worth a line."""
    text = str(record.msg)
    is_told_here = getattr(record, "event", None) in TOLD_HERE
    return not (is_told_here or text.startswith(NOISE) or EXECUTE.match(text))


def _beat_forever(progress: Progress) -> None:
    while True:
        time.sleep(1)
        progress.beat()


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
