"""What ran when: from benchmark files, whose times of change are their jobs' ends."""

import os
from datetime import UTC, datetime

import pytest
from made_up_results import bare_study, sealed, write_results

from pyreg import files
from pyreg.records.layout import Layout, RunKey
from pyreg.report import page as maker
from pyreg.report import words
from pyreg.report.timeline import timeline

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
RUN = "train/python-only-per-epoch-1"


def write_benchmark(folder, name, end, seconds, memory=100.0):
    """A job that ended so many seconds after noon."""
    path = Layout(folder).benchmark(name)
    files.write_text(path, f"s\tmax_rss\n{seconds}\t{memory}\n")
    os.utime(path, (NOON + end, NOON + end))


@pytest.fixture
def folder(tmp_path):
    """A study whose data took 10 s and whose training began 5 s before they were done."""
    folder = write_results(bare_study(), tmp_path, "r is off")
    info = Layout(folder).run(RunKey("python", "only", "per-epoch", 1)).info
    started = datetime.fromtimestamp(NOON + 7, UTC).isoformat()
    times = {"started": started, "seconds": 18.0}
    files.write_json(info, {**files.read_json(info), "times": times})
    sealed(info.parent)
    write_benchmark(folder, "data", end=10, seconds=10)
    write_benchmark(folder, RUN, end=25, seconds=20, memory=900.0)
    return folder


def found(folder):
    return timeline(bare_study(), Layout(folder))


def test_jobs_are_placed_by_their_ends(folder):
    jobs = {job.name: (job.start, job.seconds) for job in found(folder).jobs}
    assert jobs == {"data": (0, 10), RUN: (5, 20)}
    assert (found(folder).wall, found(folder).busy) == (25, 30)
    assert found(folder).longest.name == found(folder).greediest.name == RUN


def test_a_pause_between_two_sittings_is_left_out(folder):
    write_benchmark(folder, "figures", end=90_000, seconds=5)
    assert {job.name: job.start for job in found(folder).jobs}["figures"] == 25
    assert found(folder).wall == 30


def test_a_copy_keeps_what_its_records_say(folder):
    for path in Layout(folder).folder.rglob("*.tsv"):
        os.utime(path, (NOON + 9000, NOON + 9000))
    assert [(job.name, job.start) for job in found(folder).jobs] == [(RUN, 0)]
    assert (found(folder).num_jobs, found(folder).wall) == (2, 20)


def test_what_is_no_longer_of_the_study_is_left_out(folder):
    write_benchmark(folder, "train/python-older-per-epoch-1", end=25, seconds=500)
    write_benchmark(folder, "replicates/only-per-epoch-1-10", end=25, seconds=500)
    assert found(folder).num_jobs == 2


def test_the_report_says_what_it_took_and_draws_a_bar_per_job(folder):
    page, _answers = maker.render(bare_study(), folder)
    section = page.partition('id="time"')[2].partition("</section>")[0]
    text = " ".join(section.split())
    assert "It took 25 s: 2 jobs, 1.2 at once on average." in text
    assert f"The longest, {RUN}, took 20 s; {RUN} needed most memory, 900 MB." in text
    assert section.count("<rect") == 2


def test_a_study_without_benchmarks_has_no_times(tmp_path):
    folder = write_results(bare_study(), tmp_path, "r is off")
    assert found(folder) is None
    assert 'id="time"' not in maker.render(bare_study(), folder)[0]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        *((0, "0 s"), (4.21, "4.2 s"), (48, "48 s"), (60, "1 min")),
        *((725, "12 min 5 s"), (7384, "2 h 3 min"), (3600, "1 h")),
    ],
)
def test_durations_as_people_say_them(seconds, said):
    assert words.duration(seconds) == said


def test_memory_as_people_say_it():
    assert (words.memory(640.2), words.memory(1712)) == ("640 MB", "1.7 GB")
