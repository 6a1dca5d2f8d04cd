"""Loops over damaged and hostile files, each from a fixed seed: one message or a file that is read.

A few seconds for each reader here; `--fuzz-seconds 150 -s` for longer, with the counts shown.
"""

import os
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from data import making
from fuzzing import MOST_MEGABYTES, Report, fuzz
from made_up_results import full_study, sealed, write_results

from pyreg import config, files
from pyreg.agreement import diff, pairs
from pyreg.agreement.environment import environment_fields
from pyreg.config import Search
from pyreg.data import encoding, images, npz, read_dataset, stanford
from pyreg.data import reading as readers
from pyreg.data.origin import local
from pyreg.data.prepared import save_dataset
from pyreg.errors import InputError
from pyreg.records.layout import DataFolder, Layout, ReplicateSet, RunKey
from pyreg.records.replicates import read_replicates
from pyreg.records.run import read_run
from pyreg.report import numbers
from pyreg.search import trials
from pyreg.search.trials import Outcome
from pyreg.study import parts, plan

BASELINE = RunKey("python", "baseline", "per-epoch", 1)
IN_R = RunKey("r", "baseline", "per-epoch", 1)
OPTIMUM = {"over": {"units": [4, 64], "l2": [1e-5, 1e-2]}, "trials": 3, "folds": 2}


@pytest.fixture
def seconds(request):
    return request.config.getoption("--fuzz-seconds")


@pytest.fixture
def folder(tmp_path):
    """In memory where there is such a place: tens of thousands of files are written."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with files.temporary_folder("pyreg-fuzz", shared) as folder:
        yield folder


def check(report: Report):
    print(report)
    assert not report.escapes, f"{report}: {report.escapes[0]}"
    assert report.megabytes < MOST_MEGABYTES


def reading(path, reader):
    """Put bytes under a name, and read them there."""

    def read(content):
        path.write_bytes(content)
        return reader(path)

    return read


def test_imdb_npz(folder, seconds):
    path = making.write_npz(folder / "imdb.npz")
    report = fuzz(
        "npz", [path.read_bytes()], reading(path, npz.read_npz), seconds, containers=("zip",)
    )
    check(report)


def test_reviews(folder, seconds):
    content = b'text,label\n"a good, good film",1\nbad,0\n"fine\nfilm",pos\nworst,neg\n'
    path = folder / "reviews.csv"
    check(fuzz("reviews", [content], reading(path, lambda p: readers.read(local(p))), seconds))


def test_data_sets(folder, seconds, small_dataset):
    save_dataset(folder, small_dataset)
    stored = DataFolder(folder)
    encoding.save_encoded(stored.encoded, small_dataset, 40, 1)
    whole = {path: path.read_bytes() for path in (stored.samples, stored.encoded)}
    check(
        fuzz(
            "prepared samples",
            [whole[stored.samples]],
            reading(stored.samples, lambda path: read_dataset(path.parent)),
            seconds / 2,
            containers=("zip",),
        )
    )
    check(
        fuzz(
            "encoded samples",
            [whole[stored.encoded]],
            reading(stored.encoded, encoding.read_encoded),
            seconds / 2,
            containers=("zip",),
        )
    )


def test_archives(folder, seconds):
    path = making.write_tar(folder / "aclImdb_v1.tar.gz")
    content = path.read_bytes()
    report = fuzz(
        "tar", [content], reading(path, stanford.read_texts), seconds, containers=("gzip",)
    )
    check(report)


def test_files_of_images(folder, seconds):
    import gzip

    header = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (5, 4, 4))
    content = gzip.compress(header + bytes(range(80)))
    read = reading(folder / "x.gz", images._read_idx)
    check(fuzz("idx", [content], read, seconds, containers=("gzip",)))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return write_results(full_study(), tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize(
    "name", ["history.csv", "run.json", "chain.json", "predictions.npz", "weights.npz"]
)
def test_run_records(recorded, folder, seconds, name):
    """Half of the files come with digests that fit them, as someone could make them."""
    layout = Layout(shutil.copytree(recorded, folder / "results"))
    record, other = layout.run(IN_R).folder, read_run(layout.run(BASELINE).folder)
    whole = {path.name: path.read_bytes() for path in record.iterdir()}
    number = 0

    def read(content):
        nonlocal number
        number += 1
        for file, kept in whole.items():
            (record / file).write_bytes(content if file == name else kept)
        if number % 2 and name != "chain.json":
            sealed(record)
        run = read_run(record)
        difference = diff.first_difference(other, run)
        diff.sentence(other, run, difference)
        pairs.compare(other, run)
        environment_fields(diff.environment_difference(other.info, run.info))

    containers = ("zip",) if name.endswith(".npz") else ()
    check(fuzz(f"run record, {name}", [whole[name]], read, seconds / 5, containers=containers))


@pytest.mark.parametrize("name", ["history.csv", "run.json", "predictions.npz"])
def test_records_of_replicates(recorded, folder, seconds, name):
    layout = Layout(shutil.copytree(recorded, folder / "results"))
    (batch,) = layout.batches(ReplicateSet("baseline", "per-epoch"))[:1]
    whole = {path.name: path.read_bytes() for path in batch.folder.iterdir()}
    number = 0

    def read(content):
        nonlocal number
        number += 1
        for file, kept in whole.items():
            (batch.folder / file).write_bytes(content if file == name else kept)
        if number % 2 and name != "run.json":
            sealed(batch.folder)
        read_replicates(batch.folder)

    containers = ("zip",) if name.endswith(".npz") else ()
    check(fuzz(f"replicates, {name}", [whole[name]], read, seconds / 5, containers=containers))


def test_configurations(folder, seconds):
    studies = [ROOT / "config" / "config.yaml", *(ROOT / "workflow" / "studies").glob("*.yaml")]
    originals = [path.read_bytes() for path in studies]
    originals += [ANCHORED, config.dump(config.load(studies[0])).encode()]

    def read(path):
        study = config.load(path)
        plan.comparisons(study)
        parts.whole(study)
        config.dump(study)

    check(fuzz("configurations", originals, reading(folder / "study.yaml", read), seconds))


ANCHORED = b"""
a: &a {units: [16, 16]}
models: {baseline: *a, l2: {<<: *a, l2: 1e-3}, deep: {units: &u [4, 4, 4]}}
sweeps: {s: {over: {units: [2, 3], l2: [0.1, 1e-2]}, model: *a}}
"""


def test_configurations_from_snakemake_s_reader(folder, seconds):
    """What YAML 1.1 makes of them, handed over as a mapping."""
    originals = [path.read_bytes() for path in (ROOT / "workflow" / "studies").glob("*.yaml")]

    def read(content):
        try:
            parsed = yaml.load(content, yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
            raise InputError("snakemake itself refuses it") from None
        if not isinstance(parsed, dict):
            raise InputError("snakemake itself refuses it")
        config.load(config.with_numbers(parsed))

    check(fuzz("configurations from Snakemake", [*originals, ANCHORED], read, seconds / 3))


def test_journals_of_searches(folder, seconds):
    journal, search = folder / "x.journal", Search.model_validate(OPTIMUM)

    def run():
        return trials.run(search, 1, journal, "a", lambda number, settings: Outcome(0.5, number))

    run()
    whole = journal.read_bytes()

    def read(content):
        for left in folder.glob("x.journal.*"):
            left.unlink()
        journal.write_bytes(content)
        run()

    check(fuzz("journals", [whole], read, seconds))


NAMES = ["tables/metrics.csv", "tables/agreement.csv", "tables/claims.csv", "tables/search.csv"]


@pytest.mark.parametrize("name", [*NAMES, "data/provenance.json"])
def test_tables(recorded, folder, seconds, name):
    results = shutil.copytree(recorded, folder / "results")
    path = results / name
    whole, study = path.read_bytes(), full_study()

    def read(content):
        path.write_bytes(content)
        numbers.write(study, results, folder / "numbers")

    check(fuzz(f"tables, {name}", [whole], read, seconds / 2))
