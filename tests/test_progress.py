"""The console: what is told of Snakemake's records, and when."""

import logging

import pytest

from pyreg.progress import Progress, follow, is_news


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Console:
    """A progress with a clock of its own, and all it told."""

    def __init__(self, total, costs=None, **waiting):
        self.told, self.clock = [], Clock()
        self.progress = Progress(self.told.append, costs, self.clock)
        self.say("run_info", stats={**waiting, "total": total})

    def say(self, event, **fields):
        self.progress.handle(logging.makeLogRecord({"event": event, **fields}))

    def start(self, number, rule, log=None, priority=0):
        self.say("job_started", jobs=[number])
        logs = [str(log)] if log else []
        self.say("job_info", jobid=number, rule_name=rule, log=logs, priority=priority)

    def finish(self, number):
        self.say("job_finished", job_id=number)

    def after(self, seconds):
        self.clock.now += seconds
        self.progress.beat()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "results" / "imdb" / "logs" / "train" / "r-bigger.log"


def test_a_long_job_tells_its_epoch_every_half_minute(log):
    console = Console(2, train=1, report=1)
    log.parent.mkdir(parents=True)
    console.start(1, "train", log)
    console.after(29)
    assert console.told == []
    log.write_text("r bigger: epoch 4/20  accuracy 0.9\nr bigger: epoch 5/20  accuracy 0.9\n")
    console.after(1)
    # 30 s for five epochs: 90 s for the other fifteen; a report, it seems, takes as long as all.
    assert console.told == [
        "[0 of 2 jobs done in 30 s, about 4 min left]",
        "  train/r-bigger: epoch 5 of 20, 30 s",
    ]
    console.after(29)
    assert len(console.told) == 2
    console.after(1)
    assert console.told[2:] == [
        "[0 of 2 jobs done in 60 s, about 7 min left]",
        "  train/r-bigger: epoch 5 of 20, 60 s",
    ]


def test_a_dry_run_tells_the_jobs_at_its_end():
    console = Console(2, train=1, report=1)
    assert console.told == []
    console.say("run_info", msg="Job stats: 2", stats={"train": 1, "report": 1, "total": 2})
    assert console.told == ["2 jobs would be run: train 1, report 1"]


def test_the_time_left_is_that_of_like_jobs_shared_by_those_that_run(log):
    console = Console(6, train=5, report=1)
    for number in (1, 2):
        console.start(number, "train")
    console.clock.now = 20
    for number in (1, 2):
        console.finish(number)
    for number in (3, 4):
        console.start(number, "train")
    console.clock.now = 25
    # Two trainings of 20 s have 15 s left each, a third has 20 s, and so, it seems, has the report.
    assert console.progress.seconds_left() == pytest.approx((15 + 15 + 20 + 20) / 2)


def test_the_longest_start_first_and_tables_take_no_hour(log):
    console = Console(6, train=4, table=2)
    for number, seconds in [(1, 500), (2, 30), (3, 20)]:
        console.start(number, "train")
        console.clock.now += seconds
        console.finish(number)
    console.start(4, "train")
    assert console.progress.seconds_left() == pytest.approx(20 + 2 * 20)


def test_many_long_jobs_do_not_make_the_others_long():
    console = Console(12, settings=1, data=1, replicate=4, train=6)
    for number, (rule, seconds) in enumerate(
        [("settings", 1), ("data", 3), *[("replicate", 120)] * 4]
    ):
        console.start(number, rule)
        console.clock.now += seconds
        console.finish(number)
    assert console.progress.seconds_left() == pytest.approx(6 * 3)


def test_jobs_that_wait_take_what_they_cost(log):
    console = Console(
        6, costs={"train": [10.0, 1.0, 2.0], "replicate": [40.0]}, train=3, replicate=1, table=2
    )
    log.parent.mkdir(parents=True)
    log.write_text("epoch 5/10\n")
    console.start(1, "train", log, priority=10.0)
    console.clock.now = 50
    # Half of what costs 10 took 50 s: 10 s for each unit, of replicates too until more is known,
    # and for each table.
    assert console.progress.seconds_left() == pytest.approx(50 + 30 + 400 + 2 * 10)
    console.finish(1)
    console.start(2, "train", priority=2.0)
    assert console.progress.seconds_left() == pytest.approx((2 + 1) * 5 + 40 * 5 + 2 * 5)


def test_a_job_that_a_user_prioritizes_costs_what_others_do():
    console = Console(2, costs={"train": [3.0, 1.0]}, train=2)
    console.start(1, "train", priority="highest")
    console.clock.now = 20
    console.finish(1)
    assert console.progress.seconds_left() == pytest.approx(20)


def test_what_is_known_of_tables_tells_nothing_of_training():
    console = Console(
        6, costs={"train": [1.0], "replicate": [40.0]}, table=3, figure=1, train=1, replicate=1
    )
    for number, (rule, seconds) in enumerate([("table", 3), ("table", 3), ("train", 1)]):
        console.start(number, rule, priority=1.0)
        console.clock.now += seconds
        console.finish(number)
    assert console.progress.seconds_left() == pytest.approx(3 + 3 + 40)


def test_where_two_run_at_once_the_rest_is_shared_by_two_while_one_has_ended():
    console = Console(4, train=4)
    for number in (1, 2):
        console.start(number, "train")
    console.clock.now = 20
    console.finish(1)
    assert console.progress.seconds_left() == pytest.approx((0 + 2 * 20) / 2)


def test_no_time_left_is_shorter_than_the_longest_job_s(log):
    console = Console(2, train=2)
    log.parent.mkdir(parents=True)
    log.write_text("epoch 1/11\n")
    console.start(1, "train", log)
    console.start(2, "train")
    console.clock.now = 10
    console.finish(2)
    assert console.progress.seconds_left() == 100


def test_runs_one_after_the_other_are_counted(log):
    console = Console(2, replicate=2)
    log.parent.mkdir(parents=True)
    log.write_text("a seed 2, run 2/5: epoch 10/10\na seed 3, run 3/5: epoch 1/10\n")
    console.start(1, "replicate", log)
    console.after(42)
    # 21 of 50 epochs in 42 s; the other job, it seems, takes 100 s too.
    assert console.told == [
        "[0 of 2 jobs done in 42 s, about 3 min left]",
        "  train/r-bigger: run 3 of 5, epoch 1 of 10, 42 s",
    ]
    assert console.progress.seconds_left() == pytest.approx(58 + 100)


def test_of_runs_trained_together_it_tells_which_one_and_guesses_nothing_from_it(log):
    console = Console(2, train_python=1, report=1)
    log.parent.mkdir(parents=True)
    log.write_text("python gru keras seed 1, run 1/3: epoch 1/2  accuracy 0.9\n")
    console.start(1, "train_python", log)
    console.after(30)
    assert console.told == [
        "[0 of 2 jobs done in 30 s]",
        "  train/r-bigger: python gru keras seed 1, run 1/3: epoch 1/2, 30 s",
    ]


def test_nothing_is_guessed_before_anything_is_known():
    console = Console(1, train=1)
    console.start(1, "train")
    assert console.progress.seconds_left() is None


def test_nothing_is_guessed_from_one_job_of_many_unlike_it():
    console = Console(11, data=1, **{f"step_{number}": 1 for number in range(10)})
    for number, rule in enumerate(["data", "step_0", "step_1"]):
        assert console.progress.seconds_left() is None
        console.start(number, rule)
        console.clock.now += 20
        console.finish(number)
    assert console.progress.seconds_left() == pytest.approx(8 * 20)


def test_finished_jobs_are_counted_now_and_then_and_at_the_end():
    console = Console(3, train=3)
    for number, seconds in [(1, 3), (2, 9), (3, 1)]:
        console.start(number, "train")
        console.clock.now += seconds
        console.finish(number)
    assert console.told == [
        "[2 of 3 jobs done in 12 s, about 3 s left]",
        "[3 of 3 jobs done in 13 s]",
    ]


def test_a_failed_job_shows_the_end_of_its_log_and_no_settings(log):
    console = Console(1, train=1)
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(9)) + "pyreg train: no data\n")
    console.start(1, "train", log)
    console.say("job_error", jobid=1, shellcmd="pyreg train <<< '{}'")
    assert console.told[0] == "train/r-bigger failed:"
    assert console.told[1:6] == [
        "  line 5",
        "  line 6",
        "  line 7",
        "  line 8",
        "  pyreg train: no data",
    ]
    assert console.told[6].split()[-1] == f"{log})"  # whole, to be copied
    console.say("job_info", jobid=2, rule_name="data", log=[str(log)])
    log.write_text("a message of many words " * 9)
    console.say("job_error", jobid=2)
    assert max(map(len, console.told[8].splitlines())) <= 80


def test_lines_fit_a_console_of_80_columns(log):
    console = Console(9, train=9)
    for number in range(6):
        console.start(number, "train", log.with_name(f"{'long-' * 20}{number}.log"))
    console.after(30)
    assert max(map(len, console.told)) <= 80
    assert console.told[-1] == "  and 2 more"


def test_a_dry_run_has_no_progress():
    console = Console(1, train=1)
    console.say("job_info", jobid=1, rule_name="train", log=[])
    console.after(99)
    assert console.told == []


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"msg": "Select jobs to execute..."}, False),
        ({"msg": "Execute 12 jobs..."}, False),
        ({"msg": "RuleException:\nCalledProcessError in file x: '{...}'"}, False),
        ({"msg": None, "event": "job_error"}, False),
        ({"msg": "Nothing to be done"}, True),
        ({"msg": "MissingInputException in rule x"}, True),
        ({"msg": None, "event": "job_info"}, True),  # asked for by a dry run
    ],
)
def test_noise_is_silenced_and_nothing_else(record, told):
    assert bool(is_news(logging.makeLogRecord(record))) == told


def test_snakemake_s_log_file_keeps_everything(tmp_path, capsys):
    logger = logging.Logger("a test")
    logger.addHandler(logging.FileHandler(tmp_path / "all.log"))
    logger.addHandler(logging.StreamHandler())
    follow(logger)
    logger.warning("Select jobs to execute...")
    logger.warning("Nothing to be done")
    assert (tmp_path / "all.log").read_text().splitlines() == [
        "Select jobs to execute...",
        "Nothing to be done",
    ]
    assert capsys.readouterr().err == "Nothing to be done\n"
