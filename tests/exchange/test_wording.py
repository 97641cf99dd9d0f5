from __future__ import annotations

import datetime as dt

import pytest

from screening.definition.formulary import Medicine, formulary_of
from screening.definition.model import Band, Option, Place, Question, QuestionType, Tier
from screening.exchange import wording

FORMULARY = formulary_of(
    (
        Medicine("amlodipine", ("Norvasc",), frozenset({"rx_antihypertensive"})),
        Medicine("acetaminophen", ("Tylenol",), frozenset()),
    )
)
HERE = Place("test.yaml", 1, 1)
OPTIONS = (Option("daily", "Every day"), Option("never", "Never", exclusive=True), Option("less", "Less often"))


def question(type_: QuestionType, unit: str = "") -> Question:
    rows = (
        Question("name", QuestionType.TEXT, "Name", HERE),
        Question("weeks", QuestionType.INTEGER, "Weeks", HERE, unit="wk"),
        Question("effect", QuestionType.CHOICE, "Effect", HERE, options=OPTIONS),
    )
    return Question("q", type_, "What?", HERE, options=OPTIONS, unit=unit, questions=rows)


@pytest.mark.parametrize(
    ("type_", "unit", "raw", "words"),
    [
        pytest.param(QuestionType.YES_NO, "", "yes", ("Yes",), id="yes"),
        pytest.param(QuestionType.YES_NO, "", "no", ("No",), id="no"),
        pytest.param(QuestionType.CHOICE, "", "daily", ("Every day",), id="an option in its own words"),
        pytest.param(QuestionType.SCALE, "", "less", ("Less often",), id="a scale's option"),
        pytest.param(QuestionType.CHOICE, "", "gone", ("gone",), id="an option that no longer exists is still shown"),
        pytest.param(QuestionType.CHOICES, "", ["daily", "less"], ("Every day, Less often",), id="several options"),
        pytest.param(QuestionType.CHOICES, "", [], ("Nothing chosen",), id="no option"),
        pytest.param(QuestionType.INTEGER, "", 0, ("0",), id="zero is an answer"),
        pytest.param(QuestionType.INTEGER, "mm[Hg]", 152, ("152 mmHg",), id="a unit in plain letters"),
        pytest.param(QuestionType.INTEGER, "%", 97, ("97%",), id="per cent"),
        pytest.param(QuestionType.INTEGER, "h", 1, ("1 hour",), id="one hour"),
        pytest.param(QuestionType.INTEGER, "wk", 10, ("10 weeks",), id="several weeks"),
        pytest.param(QuestionType.INTEGER, "mg", 5, ("5 mg",), id="a unit without words of its own"),
        pytest.param(QuestionType.DECIMAL, "", 7.25, ("7.25",), id="a decimal as it was given"),
        pytest.param(QuestionType.WEIGHT, "kg", 76.5, ("76.5 kg (169 lb)",), id="a weight in both units"),
        pytest.param(QuestionType.HEIGHT, "cm", 175, ("175 cm (5 ft 9 in)",), id="a height in both units"),
        pytest.param(QuestionType.HEIGHT, "cm", 182.8, ("182.8 cm (6 ft 0 in)",), id="never 5 ft 12 in"),
        pytest.param(QuestionType.DATE, "", "2026-03-09", ("9 Mar 2026",), id="a day"),
        pytest.param(QuestionType.DATE, "", "2024-03", ("Mar 2024",), id="a month"),
        pytest.param(QuestionType.DATE, "", "2024", ("2024",), id="a year"),
        pytest.param(QuestionType.TEXT, "", "since May", ("“since May”",), id="text in quotation marks"),
        pytest.param(QuestionType.ATTESTATION, "", "Alex Sample", ("“Alex Sample”",), id="a typed name"),
        pytest.param(QuestionType.STATEMENT, "", "", (), id="a statement has no answer"),
        pytest.param(
            QuestionType.MEDICINES,
            "",
            [
                {"name": "norvasc", "dose": "5 mg", "how_often": "as_needed"},
                {"name": "Tylenol"},
                {"name": "amlodipine"},
            ],
            ("norvasc 5 mg as needed (amlodipine)", "Tylenol (acetaminophen)", "amlodipine"),
            id="medicines with the generic behind a brand",
        ),
        pytest.param(
            QuestionType.MEDICINES,
            "",
            [{"name": "blue water pill", "dose": {"unknown": "unsure"}}],
            ("“blue water pill” (not recognised)",),
            id="a medicine that is not recognised",
        ),
        pytest.param(QuestionType.MEDICINES, "", [], ("Takes no medicines",), id="no medicines is an answer"),
        pytest.param(
            QuestionType.LIST,
            "",
            [{"name": "sertraline", "weeks": 10, "effect": "less"}, {"name": "x", "weeks": {"unknown": "unsure"}}],
            ("“sertraline” · 10 weeks · Less often", "“x”"),
            id="rows of a list",
        ),
        pytest.param(QuestionType.LIST, "", [], ("None",), id="an empty list"),
        pytest.param(QuestionType.YES_NO, "", None, ("not answered",), id="no answer"),
        pytest.param(QuestionType.YES_NO, "", {"unknown": "unsure"}, ("“I'm not sure”",), id="not sure"),
        pytest.param(QuestionType.YES_NO, "", {"unknown": "declined"}, ("“I'd rather not say”",), id="declined"),
        pytest.param(QuestionType.YES_NO, "", {"unknown": "unanswered"}, ("not answered",), id="left out on purpose"),
    ],
)
def test_an_answer_reads_as_the_patient_gave_it(
    type_: QuestionType, unit: str, raw: object, words: tuple[str, ...]
) -> None:
    assert wording.answer_words(question(type_, unit), raw, FORMULARY) == words


@pytest.mark.parametrize(
    ("triage", "open_findings", "words"),
    [
        ("emergency", 3, "Emergency answer reported"),
        ("absolute", 0, "Absolute contraindication reported"),
        ("relative", 0, "Relative contraindication reported"),
        ("incomplete", 3, "Not complete: 3 findings open"),
        ("incomplete", 1, "Not complete: 1 finding open"),
        ("caution", 0, "Cautions reported"),
        ("none_found", 0, "None found by the answers"),
        (None, 0, "Not assessed yet"),
    ],
)
def test_the_triage_is_a_sentence_that_never_says_cleared(triage: str | None, open_findings: int, words: str) -> None:
    headline = wording.triage_headline(triage, open_findings)
    assert headline == words
    assert "clear" not in headline.lower()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "minimal"),
        (4, 4, "minimal"),
        (5, 5, "mild"),
        (4, 5, "minimal or mild"),
        (0, 27, "minimal, mild or severe"),
        (27, 27, "severe"),
    ],
)
def test_a_score_is_named_by_every_band_that_it_may_lie_in(low: float, high: float, words: str) -> None:
    bands = (Band(0, "minimal"), Band(5, "mild"), Band(20, "severe"))
    assert wording.band_words(bands, low, high) == words


def test_a_score_without_bands_has_no_band() -> None:
    assert wording.band_words((), 3, 3) == ""


@pytest.mark.parametrize(
    ("value", "words"), [(152, "152"), (24.8163, "24.8"), (34.96, "34.9"), (0.1 + 0.2, "0.3"), (24.3, "24.3"), (0, "0")]
)
def test_a_number_never_reads_as_the_next_band(value: float, words: str) -> None:
    assert wording.number_words(value) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(seconds=-5), "0 min"),
        (dt.timedelta(minutes=59), "59 min"),
        (dt.timedelta(hours=1), "1 h"),
        (dt.timedelta(hours=47), "47 h"),
        (dt.timedelta(hours=48), "2 days"),
        (dt.timedelta(days=89), "89 days"),
        (dt.timedelta(days=95), "3 months"),
    ],
)
def test_a_wait_is_told_in_its_largest_fitting_unit(span: dt.timedelta, words: str) -> None:
    assert wording.span_words(span) == words


def test_a_moment_is_told_on_the_clinics_clock() -> None:
    at = dt.datetime(2026, 11, 22, 1, 5, tzinfo=dt.UTC)
    zone = dt.timezone(dt.timedelta(hours=-5))
    assert wording.moment_words(at, zone, now=at) == "21 Nov, 20:05"
    assert wording.moment_words(at, zone) == "21 Nov 2026, 20:05"


@pytest.mark.parametrize(
    ("born", "age"), [(dt.date(1972, 11, 22), 54), (dt.date(1972, 11, 23), 53), (dt.date(2026, 11, 22), 0)]
)
def test_an_age_counts_whole_years(born: dt.date, age: int) -> None:
    assert wording.age_on(dt.date(2026, 11, 22), born) == age


def test_tiers_are_counted_gravest_first() -> None:
    assert wording.tier_counts([Tier.CAUTION, Tier.ABSOLUTE, Tier.CAUTION]) == ("1 absolute", "2 caution")


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ("V", "a primary text that was read"),
        ("V+P", "a primary text that was read, and a convention of ours"),
        ("", ""),
        ("X", "X"),
    ],
)
def test_what_a_finding_rests_on_is_told_in_words(marks: str, words: str) -> None:
    assert wording.evidence_words(marks) == words


@pytest.mark.parametrize(("mark", "words"), [("V", "read in full"), ("P", "our convention"), ("", ""), ("X", "X")])
def test_how_far_a_source_was_read_is_told_in_words(mark: str, words: str) -> None:
    assert wording.read_words(mark) == words


@pytest.mark.parametrize(
    ("parts", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_listed_as_in_a_sentence(parts: list[str], words: str) -> None:
    assert wording.listed(parts) == words


def test_an_identified_medicine_is_shown_with_what_it_is_and_is_recognised() -> None:
    formulary = formulary_of([Medicine("hydrochlorothiazide", (), frozenset())])
    pill = {"name": "blue water pill", "identified": "hydrochlorothiazide"}
    tea = {"name": "magic tea", "identified": "no_class"}
    unknown = {"name": "heart tablet"}
    assert wording.medicine_words(pill, formulary) == "blue water pill (hydrochlorothiazide)"
    assert wording.medicine_words(tea, formulary) == "magic tea"
    assert wording.unrecognised([pill, tea, unknown], formulary) == ("heart tablet",)
