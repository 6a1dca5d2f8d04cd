"""Numbers for a text: every value under its name, in LaTeX, Markdown, JSON and CSV."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_up_results import sealed, write_results

from pyreg import cli, config, files
from pyreg.errors import InputError
from pyreg.report import latex, numbers
from pyreg.report.numbers import AGREEMENT_COLUMNS, CLAIM_COLUMNS, METRIC_COLUMNS
from pyreg.statistics.claims import interval
from pyreg.statistics.spread import Spread, spread

STUDY = {
    "models": {"baseline": {"units": [16]}, "l2": {"units": [16], "l2": 0.001}},
    "keras_shuffle_models": ["l2"],
    "replicates": 4,
    "claims": [
        {
            "id": "l2-helps",
            "claim": "L2 helps on validation data",
            "source": "a test",
            "metric": "accuracy",
            "left": "l2",
            "direction": "greater",
        }
    ],
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A finished study's tables, the rows that the tests are about typed by hand."""
    metrics = pd.DataFrame(
        [
            ("l2", "python", "per-epoch", 1, "accuracy", 0.95, 0.87654, 0.07346, 0.88, 4),
            ("l2", "python", "per-epoch", 2, "accuracy", 0.0, 0.0, 0.0, 0.0, 1),
            ("l2", "r", "per-epoch", 1, "accuracy", 0.0, 0.0, 0.0, 0.0, 1),
            ("l2", "python", "keras", 1, "accuracy", 0.9, 0.86, 0.04, 0.87, 7),
            *(
                ("l2", "python-replicates", "per-epoch", seed, "accuracy", 0.9, value, 0, 0.9, seed)
                for seed, value in [(1, 0.8), (2, 0.82), (3, 0.84), (4, 0.9)]
            ),
            *(
                ("l2", "python-replicates", "per-epoch", seed, "binary_crossentropy", 1, 1, 0, 1, 2)
                for seed in (1, 2, 3, 4)
            ),
        ],
        columns=["model", "engine", "shuffle", "seed", "metric", *METRIC_COLUMNS],
    )
    agreement = pd.DataFrame(
        [
            ("l2", "per-epoch", 1, "python", "r", "bit-identical", 0.0, 0.0, 0.0),
            ("l2", "per-epoch", 1, "python", "base-r", "within-tolerance", 2.5e-7, None, 1e-6),
        ],
        columns=["model", "shuffle", "seed", "left", "right", *AGREEMENT_COLUMNS],
    )
    claims = pd.DataFrame(
        [
            ("l2-helps", "last", 5.125, 3.0, 7.25, 10, 0.0372, 0.5, "holds"),
            ("l2-helps", "best", -0.0123, -0.02, -0.0045, 10, 1e-9, 0.004, "does not hold"),
        ],
        columns=["id", "at", *CLAIM_COLUMNS],
    )
    told = {"claim": "L2 helps & more", "source": "the lesson"}
    claims = claims.assign(**told, quantity=["best_epoch", "validation"])
    write_results(config.load({**STUDY, "claims": []}), tmp_path)
    tables = tmp_path / "tables"
    typed(tables / "metrics.csv", metrics, ["model", "engine", "shuffle", "seed", "metric"])
    typed(tables / "agreement.csv", agreement, ["model", "shuffle", "right"])
    files.write_csv(tables / "claims.csv", claims)
    provenance = {
        "description": "reviews",
        "file": "imdb.npz",
        "content_digest": "0123456789abcdef",
        "notice": None,
        "num_train": 25000,
        "num_validation": 25000,
    }
    files.write_json(tmp_path / "data/provenance.json", provenance)
    # Two positive, two negative samples; each run finds one more of the positive ones at most.
    found = [[0.9, 0.2, 0.1, 0.3], [0.9, 0.8, 0.1, 0.3], [0.9, 0.2, 0.7, 0.3], [0.2, 0.3, 0.1, 0.4]]
    for folder, said in [
        ("replicates/l2/per-epoch/seeds-1-4", found),
        ("runs/python/l2/per-epoch/seed-1", found[0]),
    ]:
        path = tmp_path / folder / "predictions.npz"
        np.savez(path, validation=np.array(said), labels=[1, 1, 0, 0])
        sealed(path.parent)
    return tmp_path


def typed(path: Path, rows: pd.DataFrame, keys: list[str]) -> None:
    """Put rows typed by hand in the place of a table's."""
    table = pd.concat([rows, files.read_csv(path)]).drop_duplicates(keys)
    files.write_csv(path, table)


def written(results: Path) -> tuple[str, str]:
    study = config.load(STUDY)
    numbers.write(study, results, results / "numbers")
    tex, markdown = (results / "numbers" / f"numbers.{kind}" for kind in ("tex", "md"))
    return tex.read_text(encoding="utf-8"), markdown.read_text(encoding="utf-8")


def test_markdown_lists_name_and_value(results):
    _, markdown = written(results)
    assert "| `l2.accuracy.last_validation` | 0.8765 |" in markdown
    assert "| `l2.accuracy.best_epoch` | 4 |" in markdown
    assert "| `l2.keras.accuracy.last_validation` | 0.8600 |" in markdown
    assert "| `l2.accuracy.last_validation.mean` | 0.8400 |" in markdown
    assert "| `l2.accuracy.last_validation.median` | 0.8300 |" in markdown
    assert "| `l2.accuracy.last_validation.sd` | 0.0432 |" in markdown
    assert "| `l2.accuracy.best_epoch.mean` | 2.5 |" in markdown
    assert "| `l2.accuracy.last_validation.num_runs` | 4 |" in markdown
    assert "| `l2.recall.mean` | 0.5000 |" in markdown
    assert "| `l2.precision.num_runs` | 3 |" in markdown  # one run called nothing positive
    assert "| `l2.auc.median` | 0.6250 |" in markdown
    assert "| `claim.l2-helps.last.estimate` | 5.1 |" in markdown
    assert "| `claim.l2-helps.last.p_adjusted` | 0.037 |" in markdown
    assert "| `claim.l2-helps.best.p_adjusted` | &lt; 0.001 |" in markdown
    assert "| `agreement.num_pairs` | 5 |" in markdown
    assert "| `agreement.num_bit_identical` | 3 |" in markdown
    assert "| `agreement.l2.per-epoch.r.level` | bit-identical |" in markdown
    assert "| `agreement.l2.per-epoch.base-r.max_abs_diff_history` | 2.5e-07 |" in markdown
    assert "| `claim.l2-helps.best.estimate` | -0.0123 |" in markdown
    assert "| `data.num_train` | 25,000 |" in markdown


def test_json_and_csv_hold_all_digits(results):
    written(results)
    values = files.read_json(results / "numbers" / "numbers.json")
    assert values["l2.accuracy.last_validation"] == 0.87654
    assert values["claim.l2-helps.best.p_adjusted"] == 1e-9
    assert values["agreement.l2.per-epoch.r.level"] == "bit-identical"
    table = pd.read_csv(results / "numbers" / "numbers.csv").set_index("name")
    assert list(table.index) == list(values)
    assert table.loc["l2.accuracy.last_validation", "printed"] == "0.8765"


def test_the_interval_is_that_of_the_claims(results):
    written(results)
    values = files.read_json(results / "numbers" / "numbers.json")
    low, high = interval(np.array([0.8, 0.82, 0.84, 0.9]), 0.95)
    name = "l2.accuracy.last_validation"
    assert (values[f"{name}.ci_low"], values[f"{name}.ci_high"]) == pytest.approx((low, high))


def test_too_few_runs_have_no_interval_and_one_has_no_deviation():
    assert spread([0.5, np.nan], 0.95) == pytest.approx(
        Spread(0.5, 0.5, np.nan, np.nan, np.nan, 1), nan_ok=True
    )
    two = spread([0.4, 0.6], 0.95)
    assert (two.mean, two.sd) == pytest.approx((0.5, 0.02**0.5))
    assert np.isnan(two.ci_low)


def test_folds_widen_the_interval():
    values = [0.4, 0.5, 0.6]
    alone, folded = spread(values, 0.95), spread(values, 0.95, folds=3)
    wider = (1 + 3 / 2) ** 0.5  # Nadeau and Bengio: 1 / 3 + 1 / 2 in place of 1 / 3
    assert folded.ci_high - 0.5 == pytest.approx(wider * (alone.ci_high - 0.5))


def test_tables_are_set_in_latex(results):
    tex, _ = written(results)
    claims = tex.partition("pyreg@table.claims")[2]
    assert r"L2 helps \& more & last & 5.1 & [3, 7.2] & 0.037 & holds \\" in claims
    assert r"& best & \ensuremath{-0.0123} & [$-$0.0200, $-$0.0045] & $<$ 0.001 &" in claims
    assert r" & \multicolumn{3}{c}{Binary cross-entropy} & \multicolumn{3}{c}{Accuracy}" in tex
    assert "0.8400 (0.0432)" in tex.partition("pyreg@table.models")[2]


def test_what_was_not_compared_has_no_number(results):
    assert "base-r.max_abs_diff_weights" not in written(results)[1]


def test_latex_values(results):
    tex, _ = written(results)
    assert r"\csname pyreg@l2.accuracy.last_validation\endcsname{0.8765}" in tex
    assert r"\csname pyreg@claim.l2-helps.best.estimate\endcsname{\ensuremath{-0.0123}}" in tex
    name = "agreement.l2.per-epoch.base-r.max_abs_diff_history"
    assert rf"\csname pyreg@{name}\endcsname{{\ensuremath{{2.5\times 10^{{-7}}}}}}" in tex
    assert tex.startswith("% Data: reviews (imdb.npz, content digest 01234567).\n")


def test_a_file_s_name_can_be_anything(results):
    path = results / "data" / "provenance.json"
    name = "a<script>|b\n\\input{x}.csv"
    files.write_json(path, {**files.read_json(path), "file": name})
    tex, markdown = written(results)
    assert (
        tex.splitlines()[0]
        == "% Data: reviews (a<script>|b \\input{x}.csv, content digest 01234567)."
    )
    assert markdown.splitlines()[0].startswith("Data: reviews (a&lt;script&gt;\\|b \\input{x}.csv")


def test_latex_s_own_signs_are_written_out():
    assert latex.macros({"x": r"50 % of {a}\b~c^d_e"}, {}, "").splitlines()[-1] == (
        r"\expandafter\def\csname pyreg@x\endcsname"
        r"{50 \% of \{a\}\textbackslash{}b\textasciitilde{}c\textasciicircum{}d\_e}"
    )


@pytest.mark.parametrize("name", ["metrics", "agreement", "claims"])
def test_a_truncated_table_stops_the_numbers(results, name):
    path = results / "tables" / f"{name}.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rstrip().rfind(b"\n") + 1])  # the last row is gone
    with pytest.raises(InputError, match=f"{name}.csv is not whole: it lacks"):
        written(results)
    path.write_bytes(whole[:-2])
    with pytest.raises(InputError, match="ends in the middle of a line"):
        written(results)


def test_study_without_replicates_needs_no_claims(results):
    (results / "tables/claims.csv").unlink()
    study = config.load({**STUDY, "replicates": 0})
    assert not [name for name in numbers.write(study, results, results) if "claim" in name]


def test_only_reviews_have_words(tmp_path):
    linear = {"num_features": 4, "num_train": 6, "num_validation": 2}
    data = {"source": "linear", "synthetic": linear}
    study = config.load({**STUDY, "claims": [], "data": data})
    results = write_results(study, tmp_path)
    assert not [name for name in numbers.write(study, results, results) if "num_words" in name]


def test_a_search_has_its_promise_and_what_the_folds_say(results):
    rows = [("fold-1", 16, 0.25, 0.5), ("fold-2", 8, 0.35, 0.6), ("validation", 12, 0.3, 0.7)]
    table = pd.DataFrame(rows, columns=["held_out", "units", "naive", "binary_crossentropy"])
    files.write_csv(results / "tables/search.csv", table.assign(accuracy=0.75))
    study = config.load({**STUDY, "search": {"over": {"units": [4, 16]}, "folds": 2}})
    numbers.write(study, results, results)
    markdown = (results / "numbers.md").read_text()
    assert "| `search.best.units` | 12 |" in markdown
    assert "| `search.best.naive` | 0.3000 |" in markdown
    assert "| `search.best.binary_crossentropy` | 0.7000 |" in markdown
    assert "| `search.folds.binary_crossentropy.mean` | 0.5500 |" in markdown
    assert "| `search.folds.accuracy.ci_low` | 0.7500 |" in markdown


def test_missing_table_exits_with_2(results, tmp_path, capsys):
    (results / "tables/metrics.csv").unlink()
    (tmp_path / "study.yaml").write_text(config.dump(config.load(STUDY)), encoding="utf-8")
    call = ["numbers", "--config", str(tmp_path / "study.yaml"), "--results", str(results)]
    assert cli.main([*call, "--output-dir", str(tmp_path / "out")]) == 2
    assert "metrics.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no LaTeX here")
def test_latex_reads_the_macros_and_refuses_unknown_names(results):
    written(results)
    for name, expected in [("claim.l2-helps.best.estimate", 0), ("claim.l2-helps.best.estimat", 1)]:
        text = (
            r"\documentclass{article}\usepackage{booktabs}\input{numbers/numbers}"
            rf"\begin{{document}}\pyreg{{{name}}} \pyregtable{{claims}} \pyregtable{{models}}"
        )
        (results / "text.tex").write_text(text + r"\end{document}", encoding="utf-8")
        command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "text.tex"]
        done = subprocess.run(command, cwd=results, capture_output=True, check=False)
        assert done.returncode == expected
