import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from made_up_results import (
    LINEAR,
    PROVENANCE,
    TOLERANCES,
    bare_study,
    claims_table,
    compression_table,
    full_study,
    my_runs_table,
    sealed,
    stopping_study,
    weights_of,
    write_results,
)

from pyreg import cli, config, files
from pyreg.figures import draw
from pyreg.figures.catalogue import Entry
from pyreg.figures.results import Results
from pyreg.records.layout import Layout
from pyreg.report import alt, answers, commands, facts, interactive, pictures
from pyreg.report import page as maker
from pyreg.statistics import metrics
from pyreg.wording import captions

FIVE_MB = 5_000_000
PHONE, DESKTOP = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Results of a study with everything, its figures drawn; never changed."""
    folder = write_results(full_study(), tmp_path_factory.mktemp("full"))
    draw.draw_all(full_study(), folder, folder / "figures")
    return folder


@pytest.fixture(scope="module")
def full_page(full):
    return page_of(full_study(), full)


@pytest.fixture(scope="module")
def bare_page(tmp_path_factory):
    folder = write_results(bare_study(), tmp_path_factory.mktemp("bare"), "r is off")
    return page_of(bare_study(), folder)


def page_of(study, folder):
    """The report's page without the answers beside it."""
    return maker.render(study, folder)[0]


class Page(HTMLParser):
    """Elements of a page: (tag, attributes), and the text outside scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.skipping = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.skipping = tag in ("script", "style")

    def handle_endtag(self, tag):
        self.skipping = False

    def handle_data(self, data):
        if not self.skipping:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


# The three answers ------------------------------------------------------------------------------


def agreement(*levels):
    """A row of agreement.csv for each (engine, level)."""
    rows = [
        {
            "model": "baseline",
            "left": "python",
            "right": engine,
            "level": level,
            "first_difference": "weights after epoch 3" if level == "different" else None,
            "max_abs_diff_history": 2e-7 if engine == "base-r" else 0.0,
            "note": "R is not installed" if level == "not-run" else None,
        }
        for engine, level in levels
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("levels", "verdict", "tone", "evidence"),
    [
        (
            [("r", "bit-identical"), ("base-r", "within-tolerance")],
            "Yes, bit for bit",
            "good",
            "1 of 1 pairs of a Python and an R run are equal in every history value",
        ),
        (
            [("r", "bit-identical"), ("r", "within-tolerance")],
            "Yes, within the stated tolerance",
            "good",
            "1 of 2 pairs",
        ),
        (
            [("base-r", "within-tolerance")],
            "Yes, within the stated tolerance",
            "good",
            "at most 2e-07 apart",
        ),
        (
            [("r", "bit-identical"), ("r", "different"), ("base-r", "within-tolerance")],
            "Not everywhere: 1 of 3 pairs of runs differ",
            "bad",
            "baseline: python and r part in the weights after epoch 3.",
        ),
        (
            [("r", "not-run"), ("base-r", "not-run")],
            "Not tested here",
            "open",
            "The R side did not run: R is not installed.",
        ),
    ],
)
def test_does_python_give_what_r_gives(levels, verdict, tone, evidence):
    answer = answers.answers(full_study(), agreement(*levels), None, None, True)[0]
    assert (answer.verdict, answer.tone) == (verdict, tone)
    assert evidence in " ".join(answer.evidence)


@pytest.mark.parametrize(
    ("last", "best", "verdict", "tone", "evidence"),
    [
        ("holds", "holds", "Yes, all 2", "good", ["best epoch: 2 hold."]),
        ("holds", "undecided", "Yes, all 2", "good", ["best epoch: 1 holds, 1 undecided."]),
        (
            *("undecided", "holds", "1 holds, 1 undecided", "open"),
            ["Undecided: other.", "best epoch: 2 hold."],
        ),
        (
            *("does not hold", "does not hold", "1 holds, 1 does not hold", "bad"),
            ["Does not hold: other.", "best epoch: 1 holds, 1 does not hold."],
        ),
    ],
)
def test_do_the_claims_hold(last, best, verdict, tone, evidence):
    other = claims_table().assign(id="other", claim="other", verdict=[last, best])
    claims = pd.concat([claims_table(), other])
    answer = answers.answers(full_study(), agreement(("r", "bit-identical")), claims, None, True)[1]
    assert (answer.verdict, answer.tone) == (verdict, tone)
    assert len(answer.evidence) == 1 + len(evidence)
    assert all(part in said for part, said in zip(evidence, answer.evidence[1:], strict=True))


def test_a_claim_that_is_undecided_does_not_read_as_refuted():
    claims = claims_table().assign(verdict="undecided")
    answer = answers.answers(full_study(), agreement(("r", "bit-identical")), claims, None, True)[1]
    assert (answer.verdict, answer.tone) == ("0 hold, 1 undecided", "open")


@pytest.mark.parametrize(
    ("source", "is_lesson_data", "question", "judged"),
    [
        ("the lesson, dropout", True, "the lesson's", "Judged as the lesson does, after training"),
        ("the lesson, dropout", False, "the study's", "Judged after training"),
        ("my own hunch", True, "the study's", "Judged after training"),
    ],
)
def test_only_the_lesson_s_claims_on_its_data_are_called_its(
    source, is_lesson_data, question, judged
):
    claims, same = claims_table().assign(source=source), agreement(("r", "bit-identical"))
    answer = answers.answers(full_study(), same, claims, None, is_lesson_data)[1]
    assert answer.question == f"Do {question} claims hold?"
    assert answer.evidence[0] == f"{judged}, over 4 seeds."


@pytest.mark.parametrize(
    ("verdicts", "verdict", "tone"),
    [
        (["identical"], "Yes, to the last digit", "good"),
        (["identical", "inside"], "Yes, like another seed of ours", "good"),
        (["identical", "outside"], "1 of 2 agree", "bad"),
    ],
)
def test_do_my_own_runs_agree(verdicts, verdict, tone):
    mine = pd.concat(
        [my_runs_table().assign(verdict=one, agrees=one != "outside") for one in verdicts]
    )
    answer = answers.answers(full_study(), agreement(("r", "bit-identical")), None, mine, True)[2]
    assert (answer.verdict, answer.tone) == (verdict, tone)


def test_what_was_not_asked_is_neutral_and_says_how_to_ask():
    same = agreement(("r", "bit-identical"))
    _, claims, mine = answers.answers(full_study(), same, None, None, True)
    assert (claims.tone, mine.tone) == ("none", "none")
    assert "replicates" in claims.evidence[0]
    assert "my_runs" in mine.evidence[0]


# Numbers and words ------------------------------------------------------------------------------


def test_the_lesson_s_baseline_has_80305_weights():
    # 5000 x 16 + 16, 16 x 16 + 16, 16 x 1 + 1; only kernels, all 0.5, count for the norm.
    found = facts.weights(weights_of(full_study(), "baseline"))
    assert found["num_weights"] == 80_016 + 272 + 17
    assert found["norm"] == pytest.approx(0.5 * (80_000 + 256 + 16) ** 0.5)


def test_spread_is_of_the_last_epoch_over_the_seeds():
    history = pd.DataFrame(
        [(1, 9.0, 1), (2, 0.5, 1), (1, 9.0, 2), (2, 0.7, 2), (1, 9.0, 3), (2, 0.8, 3)],
        columns=["epoch", "value", "seed"],
    ).assign(metric="accuracy", data="validation")
    assert facts.spread(history) == {
        "num_runs": 3,
        "validation_accuracy": {"median": 0.7, "min": 0.5, "max": 0.8},
    }


def test_spread_takes_each_run_s_own_last_epoch():
    history = pd.DataFrame(
        [(1, 0.9, 1), (2, 0.5, 1), (1, 0.6, 2)], columns=["epoch", "value", "seed"]
    ).assign(metric="accuracy", data="validation")
    assert facts.spread(history)["validation_accuracy"] == pytest.approx(
        {"median": 0.55, "min": 0.5, "max": 0.6}
    )


def test_smaller_forms_in_words():
    table = compression_table().assign(kilobytes=[301.0, 74.0, 181.0])
    words = alt.alt(Entry("compression-l2", "compression", ("l2",)), table)
    assert words.endswith("original 301 kB, 0.870; int8 74 kB, 0.870; 50 % cut 181 kB, 0.850.")


def test_a_search_in_words():
    rows = [
        ("fold-1", 1, "trial", 0.5),
        ("fold-1", 1, "best so far", 0.5),
        ("fold-1", 2, "best so far", 0.25),
        ("fold-1", None, "best, judged", 0.375),
    ]
    table = pd.DataFrame(rows, columns=["held_out", "trial", "quantity", "value"])
    words = alt.alt(Entry("search", "search", ()), table.astype({"trial": "Int64"}))
    assert "2 trials" in words
    assert words.endswith("fold 1 0.250 promised, 0.375 judged.")


def test_a_curve_in_words():
    rows = [
        (data, epoch, value, best)
        for data, values in [("training", [0.6, 0.2]), ("validation", [0.5, 0.9])]
        for epoch, value, best in zip([1, 2], values, [data == "validation", False], strict=True)
    ]
    table = pd.DataFrame(rows, columns=["data", "epoch", "value", "best"])
    table = table.assign(model="baseline", metric="binary_crossentropy")
    assert alt.alt(Entry("curves", "curves", ("baseline",)), table) == (
        "Curves over 2 epochs. baseline, binary cross-entropy: training ends at 0.200, validation at "
        "0.900, its best 0.500 at epoch 1."
    )


def test_confusion_of_several_classes_in_words_tells_the_best_and_the_worst():
    shares = {("0", "0"): 0.9, ("0", "1"): 0.1, ("1", "1"): 0.5, ("2", "2"): 0.75}
    rows = [(label, called, share) for (label, called), share in shares.items()]
    table = pd.DataFrame(rows, columns=["label", "called", "share"]).assign(model="plain")
    assert alt.alt(Entry("confusion", "confusion", ("plain",)), table) == (
        "Confusion matrices. Samples called rightly: plain 90% of class 0 at best, "
        "50% of class 1 at worst."
    )


def test_python_alone_in_words():
    table = pd.DataFrame({"engine": ["python"], "value": [0.5]})
    entry = Entry("python-r", "python-r", ("baseline",))
    assert alt.alt(entry, table) == "Python's curves alone, a panel per run: R did not run."


def test_each_pair_has_its_largest_difference_in_words():
    rows = [("l2", -2e-7), ("l2", 1e-7), ("dropout", 0.0)]
    table = pd.DataFrame(rows, columns=["model", "value"])
    table = table.assign(engine="difference", shuffle="per-epoch")
    words = alt.alt(Entry("python-r", "python-r", ("l2", "dropout")), table)
    assert words.endswith("Largest differences: l2 per-epoch 2e-07, dropout per-epoch 0.")


# Pictures and curves ----------------------------------------------------------------------------


def write_figure(folder, name, drawing):
    folder.mkdir(exist_ok=True)
    svg = f'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">{drawing}</svg>'
    (folder / f"{name}.svg").write_text(svg)
    table = {"epoch": [1, 1], "value": [0.5, 0.6], "data": ["training", "validation"]}
    table = pd.DataFrame(table).assign(model="only", metric="accuracy", best=[False, True])
    files.write_csv(folder / f"{name}.csv", table)


def test_a_picture_keeps_colours_and_scales_and_loses_needless_digits(tmp_path):
    drawing = (
        '<path d="M 1.23456 2\nL -3.5 4.999" style="fill: #ff0000" transform="scale(0.015625)"/>'
    )
    write_figure(tmp_path, "curves", drawing)
    (picture,) = pictures.pictures(bare_study(), tmp_path)
    assert 'M 1.23 2 L -3.5 4.99"'.replace('"', "%22") in picture.source
    assert "fill: %23ff0000" in picture.source
    assert "scale(0.015625)" in picture.source
    assert not set('"<>#\n') & set(picture.source)


def test_a_picture_without_room_keeps_its_words(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 10)
    write_figure(tmp_path, "curves", "<g/>")
    (picture,) = pictures.pictures(bare_study(), tmp_path)
    assert picture.source is None
    assert "validation at 0.600" in picture.alt


def test_interactive_curves_hold_every_value_and_are_the_same_each_time(full):
    path = full / "runs" / "python" / "baseline" / "per-epoch" / "seed-1" / "history.csv"
    history = files.read_csv(path)
    drawn = interactive.curves(full_study(), {"baseline": history}, "here")
    assert drawn == interactive.curves(full_study(), {"baseline": history}, "here")
    content = json.loads(drawn)
    assert content["target_id"] == "here"
    validation = history[(history["metric"] == "accuracy") & (history["data"] == "validation")]
    assert json.dumps(["baseline validation", list(validation["value"])]) in drawn


def test_interactive_curves_end_where_a_run_was_stopped_early(tmp_path):
    study = stopping_study(LINEAR)
    histories = facts.exact_histories(Results(study, Layout(write_results(study, tmp_path))))
    drawn = json.loads(interactive.curves(study, histories, "here"))
    axes = re.findall(r'"(Log|Linear)Scale"', json.dumps(drawn))
    assert axes == ["Linear", "Log"] * 2  # epochs; errors over powers of ten
    ((_, epochs),) = set(re.findall(r'\["(epoch)", (\[[^]]*\])\]', json.dumps(drawn)))
    assert json.loads(epochs) == [1, 2, 3]
    (ended,) = re.findall(r'\["stops validation", (\[.*?\])\]', json.dumps(drawn))[:1]
    assert '"nan"' in ended
    assert ended.count("0.") == 2


# The page ---------------------------------------------------------------------------------------


def test_the_first_screen_answers_before_any_evidence(full_page):
    text = Page(full_page).text
    order = [
        "Does Python give what R gives? Yes, bit for bit",
        "Do the lesson's claims hold? Yes, all 1",
        "do they agree? Yes, to the last digit",
        "Source IMDB as Keras' load_data reads it",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_it_says_what_the_bridge_proves_and_what_not(full_page):
    text = Page(full_page).text
    assert "This proves the port" in text
    assert "It does not prove the arithmetic" in text
    assert "history values are at most 2e-16 apart" in text


def test_numbers_come_from_the_records(full_page):
    text = Page(full_page).text
    # Seed 1 adds 0.001 to every cross-entropy; the best epoch is the second.
    assert "baseline 2 × 16 units 80,305 1.4e+02 0.3010 0.5510 0.5010 (2)" in text
    # l2 has shift 0.101: val_loss 0.5 + 0.05 + 0.101 + 0.25, cross-entropy without the last.
    assert "l2 ends with a val_loss of 0.9010, of which only 0.6510 is binary cross-entropy" in text
    # Replicates with seeds 1 to 4: 0.5 + 0.05 + 0.001 ... 0.004.
    assert "0.5525 (0.5510 to 0.5540)" in text
    # By falling probability: positive, negative, positive, negative; one is called positive.
    assert "l2 1.0000 0.5000 0.6667 0.7500 0.7500" in text


def test_smaller_forms_are_reported_with_what_they_cost(full_page):
    text = Page(full_page).text
    assert "Made smaller" in text
    assert "50 % cut 345 181 0.8500 -0.0300 to -0.0100 5.0 % 0.50 4.0" in text
    assert text.count("Keras cannot quantize conv2d, gru") == 1


def test_a_search_is_reported_by_what_it_promised_and_what_it_kept(full_page):
    text = Page(full_page).text
    assert "The search found 2 × 100 units, L2 0.00123 , trained for 3 epochs" in text
    assert "Its own trial promised a binary cross-entropy of 0.3200" in text
    # The mean of 0.36 and 0.4; t of one degree of freedom times 0.0283 times sqrt(1/2 + 1).
    assert "The folds say 0.3800 (-0.0602 to 0.8202, 95 %)" in text
    assert "which no trial saw, say 0.5000" in text
    assert "fold 2" in text


def test_ported_scripts_are_listed_with_their_verdicts(full_page):
    assert '<a href="ports/xor/port.html">xor.R</a>' in full_page
    assert "identical: 1 fit" in full_page


def test_every_figure_of_the_study_is_there_and_has_words(full, full_page):
    images = Page(full_page).all("img")
    assert len(images) == len(list((full / "figures").glob("*.svg")))
    assert all(len(image["alt"]) > 40 for image in images)
    assert all(image["src"].startswith("data:image/svg+xml,") for image in images)


def test_it_asks_no_network_and_stays_small(full_page):
    page = Page(full_page)
    assert len(full_page.encode()) < FIVE_MB
    assert all("src" not in script for script in page.all("script"))
    assert all(link["href"] == "data:," for link in page.all("link"))
    assert "@import" not in full_page
    assert "url(http" not in full_page


def test_screen_readers_find_their_way(full_page):
    page = Page(full_page)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert all("scope" in header for header in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inside = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert set(inside) <= set(ids)


def test_letters_stand_out_from_their_background(full_page):
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", full_page))
    pairs = [(name, f"{name}-back") for name in ("good", "bad", "open")]
    pairs += [("text", "soft"), ("muted", "soft"), ("link", "soft")]
    for letters, background in pairs:
        assert contrast(colours[letters], colours[background]) >= 4.5, letters


def contrast(one, other):
    """Contrast ratio of WCAG 2.1."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_same_results_give_the_same_bytes_at_any_time(full, full_page, tmp_path):
    later = shutil.copytree(full, tmp_path / "later")
    for path in later.glob("runs/*/*/*/*/run.json"):
        times = {"started": "2030-12-31T23:59:59+00:00", "seconds": 1234.5}
        files.write_json(path, {**files.read_json(path), "times": times})
        sealed(path.parent)
    assert page_of(full_study(), later).replace(str(later), str(full)) == full_page


def test_a_bare_study_has_no_empty_sections(bare_page):
    page = Page(bare_page)
    headings = {attributes.get("id") for attributes in page.all("section")}
    assert headings == {
        *("answers", "data", "models", "curves", "r", "traps", "environment", "cite", "rerun")
    }
    assert "The R side did not run: r is off" in page.text
    assert "Plain R, without Keras" in page.text


def test_few_seeds_are_said_to_be_too_few_for_the_intervals(full_page, tmp_path):
    study = full_study(replicates=3, keras_shuffle_models=[])
    few = "Over so few seeds bootstrap intervals cover 75 per cent at most."
    assert few in Page(page_of(study, write_results(study, tmp_path))).text
    enough = full_study(confidence=0.8)
    assert few.replace("75", "88") in Page(full_page).text
    assert captions.few_seeds(enough) == ""


def test_a_score_that_not_every_run_has_says_how_many_have_it(tmp_path):
    study = full_study(replicates=3)
    folder = write_results(study, tmp_path)
    (path,) = (folder / "replicates" / "l2" / "per-epoch").glob("*/predictions.npz")
    stored = dict(np.load(path))
    stored["validation"][:2] = 0.1
    np.savez(path, **stored)
    sealed(path.parent)
    text = Page(page_of(study, folder)).text
    assert "baseline 1.0000 0.5000 0.6667" in text
    assert "l2 1.0000 in 1 of 3 runs 0.0000 (0.0000 to 0.5000)" in text


def test_a_diverged_run_leaves_dashes(tmp_path):
    study = bare_study()
    folder = write_results(study, tmp_path, "r is off")
    path = folder / "runs" / "python" / "only" / "per-epoch" / "seed-1" / "history.csv"
    files.write_csv(path, files.read_csv(path).assign(value=float("nan")))
    np.savez(path.with_name("predictions.npz"), validation=np.full(4, np.nan), labels=[0, 0, 1, 1])
    sealed(path.parent)
    files.write_csv(folder / "tables" / "metrics.csv", metrics.collect(study, Layout(folder)))
    text = Page(page_of(study, folder)).text
    assert "only 1 × 3 units 15,007 61 – – – (–) – – – (–)" in text
    assert "only – – – – –" in text  # its scores


def test_data_that_are_not_the_lesson_s_are_announced_at_once(tmp_path):
    folder = write_results(bare_study(), tmp_path, "r is off")
    notice = "This is half of the data; the numbers are not the lesson's."
    provenance = {**PROVENANCE, "is_lesson_data": False, "notice": notice}
    files.write_json(folder / "data" / "provenance.json", provenance)
    page, told = maker.render(bare_study(), folder)
    text = Page(page).text
    assert text.index(notice) < text.index("Does Python give what R gives?")
    assert told.startswith(f"{notice}\nDoes Python give what R gives?\n")


def test_a_cross_validation_is_no_validation_on_the_test_reviews(tmp_path, full_page):
    def told(text):
        return [
            part in text for part in ("are the data set's test reviews", "Networks of two folds")
        ]

    study = full_study(data={"folds": 2})
    page = page_of(study, write_results(study, tmp_path))
    assert told(Page(page).text) == [False, True]
    assert told(Page(full_page).text) == [True, False]


def test_a_report_in_spanish_says_nothing_in_english(tmp_path):
    study = full_study(language="es")
    page, answers = maker.render(study, write_results(study, tmp_path))
    assert '<html lang="es">' in page
    assert "¿Da Python lo mismo que R?" in answers
    text = Page(page.partition('class="settings"')[0]).text
    assert "25 000 reseñas" in text  # apart by a space that breaks no line
    recorded = "identical: 1 fit; 1 of 2 arrays is R's own"  # a verdict as the table holds it
    mine = "is identical to our run"
    for own in (TOLERANCES["base-r"]["reason"], mine, recorded, str(tmp_path)):
        text = text.replace(own, "")
    assert not re.findall(r"\b(?:the|of|and|with|is|are|which)\b", text)


def test_words_from_outside_are_never_markup(tmp_path):
    claim = {**full_study().claims[0].model_dump(), "claim": "<script>alert(1)</script> & co"}
    study = full_study(claims=[claim])
    folder = write_results(study, tmp_path)
    files.write_csv(folder / "tables" / "claims.csv", claims_table().assign(claim=claim["claim"]))
    page = page_of(study, folder)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page


def test_the_command_writes_the_page(tmp_path, capsys):
    folder = write_results(bare_study(), tmp_path, "r is off")
    output = tmp_path / "report.html"
    arguments = ["--config", folder / "config.yaml", "--results", folder, "--output", output]
    assert cli.main(["report", *map(str, arguments)]) == 0
    assert output.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("imdb", ["make\n", "pyreg verify --results"], ["snakemake --cores"]),
        ("mine", ["snakemake --cores all --configfile {}/config.yaml"], ["pyreg verify", "make\n"]),
    ],
)
def test_the_commands_fit_the_study(tmp_path, name, there, absent):
    study = full_study(study=name)
    page = page_of(study, write_results(study, tmp_path))
    told = page.partition('id="rerun"')[2].partition("</pre>")[0]
    runs = [f"{tmp_path}/runs/{engine}/baseline/per-epoch/seed-1" for engine in ("python", "r")]
    there = [*(part.format(tmp_path) for part in there), f"pyreg diff {' '.join(runs)}"]
    assert [part for part in there if part not in told] == []
    assert [part for part in absent if part in told] == []


def test_the_pair_to_look_into_is_one_that_differs(tmp_path):
    study = full_study()
    folder = write_results(study, tmp_path)
    table = files.read_csv(folder / "tables" / "agreement.csv")
    is_one = (table["model"] == "l2") & (table["right"] == "r")
    table.loc[is_one, ["level", "first_difference"]] = ["different", "batch order"]
    found = dict(commands.commands(study, folder, table))
    assert found["where do two runs part?"].endswith(f"{folder}/runs/r/l2/per-epoch/seed-1")


def test_each_pair_has_a_bullet_with_its_model_s_name(full_page):
    bullets = re.findall(r"<li><strong>(.*?)</strong>,(.*?)</li>", full_page, re.DOTALL)
    said = [(model, " ".join(re.sub("<.*?>", "", text).split())) for model, text in bullets]
    note = (
        "Python / Plain R: within tolerance over 1 epoch; against Keras in double up to 2e‑16 apart"
    )
    assert said == [("baseline", note), ("l2", note)]
    page = full_page.partition('class="settings"')[0]
    assert page.count("single and double") == 1 + 1  # in our own words, and beside the tolerance


def test_epochs_and_p_values_are_printed_as_people_do(tmp_path):
    study = full_study()
    folder = write_results(study, tmp_path)
    table = claims_table().assign(
        quantity="best_epoch", estimate=5.125, ci_low=3, ci_high=7.25, p_adjusted=[1e-9, 0.03719]
    )
    files.write_csv(folder / "tables" / "claims.csv", table)
    text = Page(page_of(study, folder)).text
    assert "5.1 (3 to 7.2) 4 < 0.001" in text
    assert "5.1 (3 to 7.2) 4 0.037" in text


def test_a_model_has_its_shown_name_in_tables_and_its_own_in_commands(tmp_path):
    study = full_study(figures={"names": {"baseline": "Sixteen units"}})
    page = page_of(study, write_results(study, tmp_path))
    assert '<th scope="row">Sixteen units</th>' in page
    assert "--model baseline" in page


def test_a_missing_table_is_named(tmp_path, capsys):
    folder = write_results(bare_study(), tmp_path, "r is off")
    (folder / "tables" / "metrics.csv").unlink()
    arguments = ["--config", folder / "config.yaml", "--results", folder, "--output", "r.html"]
    assert cli.main(["report", *map(str, arguments)]) == 2
    assert "metrics.csv" in capsys.readouterr().err


# Other tasks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected", "absent"),
    [
        (
            {"source": "digits"},
            ["a softmax unit for each class", "Categorical cross-entropy: nats, less is better"],
            ["Area under ROC"],
        ),
        (
            LINEAR,
            ["one linear unit", "Mean absolute error: units of the target, less is better"],
            ["Area under ROC", "Confusion", "ccuracy"],
        ),
    ],
    ids=["multiclass", "regression"],
)
def test_a_study_of_another_task_reads_as_its_own(tmp_path, data, expected, absent):
    study = stopping_study(data)
    folder = write_results(study, tmp_path)
    draw.draw_all(study, folder, folder / "figures", only=["compare-l2-early-stopping"])
    text = Page(page_of(study, folder)).text
    assert not [part for part in expected if part not in text]
    of_reviews = ["reviews", "Columns counted", "sigmoid", "Binary"]
    assert not [part for part in absent + of_reviews if part in text.partition("How to run")[0]]
    assert "learn from 25,000 samples for up to 3 epochs" in text
    # Seeds 1 and 3 of `stops` end after epoch 2 (0.5 + 0.1 + seed), 2 and 4 after epoch 3.
    assert "0.6275 (0.6010 to 0.6540)" in text


def test_a_model_that_says_the_same_of_every_sample_is_named_with_cause_and_repair(tmp_path):
    settings = {"l1": 0.01, "penalized": "all"}
    models = {
        "plain": {"units": [4]},
        "strong": {"units": [4], **settings},
        "weak": {"units": [4], **settings, "l1": 1e-5},
        "single": {"units": [4], "normalization": "group", "groups": 4},
    }
    study = config.load({"models": models, "epochs": 2, "replicates": 3, "r": "off"})
    folder = write_results(study, tmp_path, "r is off")
    assert "says the same" not in page_of(study, folder)
    mark(folder / "replicates" / "strong" / "per-epoch" / "seeds-1-3", [True, False, True])
    mark(folder / "runs" / "python" / "strong" / "per-epoch" / "seed-1", True)
    mark(folder / "runs" / "python" / "single" / "per-epoch" / "seed-1", True)
    text = Page(page_of(study, folder)).text
    assert "strong says the same of every sample in 3 of its 4 runs" in text
    assert "Only the biases are left" in text
    assert "In this study weak did not collapse." in text
    assert "single says the same of every sample in 1 of its 4 runs" in text
    assert "the mean of its group, which is the unit itself" in text
    assert "plain says" not in text


def mark(folder, flags):
    info = files.read_json(folder / "run.json")
    files.write_json(folder / "run.json", {**info, "constant_predictions": flags})
    sealed(folder)


# In a browser -----------------------------------------------------------------------------------


@pytest.fixture
def opened(browser, full_page, tmp_path):
    """Opens the page on a screen of some size; a screenshot of what it saw is left behind."""

    def open_page(width, height):
        size = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        path = tmp_path / "report.html"
        path.write_text(full_page, encoding="utf-8")
        browser.get_log("performance")  # what it asked before is no concern of ours
        browser.get(path.as_uri())
        wait_for(browser, "return Bokeh.documents[0]?.is_idle ?? Bokeh.documents.length > 0")
        browser.save_screenshot(str(tmp_path / f"report-{width}.png"))
        return browser

    return open_page


def wait_for(browser, script):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 20).until(lambda found: found.execute_script(script))


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_browser_reports_no_error_and_asks_nobody(opened, size):
    browser = opened(*size)
    errors = [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"]
    assert errors == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [e["params"]["request"]["url"] for e in events if e["method"].endswith("BeSent")]
    assert urls
    assert [url for url in urls if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_hangs_over_the_edge(opened, size):
    width = opened(*size).execute_script("return document.documentElement.scrollWidth")
    assert width <= size[0]


def test_the_answers_are_on_the_first_screen(opened):
    bottoms = opened(*DESKTOP).execute_script(
        "return [...document.querySelectorAll('.short')].map(e => e.getBoundingClientRect().bottom)"
    )
    assert len(bottoms) == 3
    assert max(bottoms) < DESKTOP[1]


def test_pointing_at_a_curve_shows_its_values(opened):
    from selenium.webdriver import ActionChains

    browser = opened(*DESKTOP)
    curves = browser.find_element("id", "interactive")
    browser.execute_script("arguments[0].scrollIntoView({behavior: 'instant'})", curves)
    ActionChains(browser).move_to_element_with_offset(curves, -200, 0).perform()

    wait_for(
        browser,
        """const texts = (node) => [...node.querySelectorAll("*")].map(
             (e) => e.textContent + (e.shadowRoot ? texts(e.shadowRoot) : "")).join(" ");
           return texts(document.body).includes("validation (training)")""",
    )


def test_it_prints_what_is_folded_away(opened):
    browser = opened(*DESKTOP)
    browser.execute_cdp_cmd("Page.printToPDF", {})
    folded = browser.execute_script(
        "return document.querySelectorAll('details:not([open]):not(.settings)').length"
    )
    assert folded == 0
    settings = browser.execute_script("return document.querySelector('.settings').open")
    assert not settings
