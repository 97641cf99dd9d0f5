import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.findings import ScoreRange, Triage
from screening.assessment.program import Program, program_for
from screening.definition.model import Stage
from screening.definition.plans import plan_for, plan_for_questionnaire
from screening.definition.reading import read_library
from tests.assessment import shipped
from tests.assessment.answering import Person, RawAnswers
from tests.assessment.examples import examples

TODAY = dt.date(2026, 10, 18)
SEEDS = st.integers(0, 2**32 - 1)


def written(program: Program, raw: RawAnswers) -> str:
    return json.dumps(assess(program, read_answers(program.plan, raw, TODAY), TODAY).as_json())


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
@examples(10)
@given(seed=SEEDS)
def test_the_same_answers_give_the_same_bytes_in_whatever_order(pathway: str, seed: int) -> None:
    plan, random = shipped.plan(pathway), Random(seed)
    raw = Person(plan, random, TODAY).partial(0.8)
    shuffled = {
        form: dict(random.sample(list(given.items()), len(given)))
        for form, given in random.sample(list(raw.items()), len(raw))
    }

    first = written(program_for(plan), raw)

    assert written(program_for(plan), raw) == first
    assert written(program_for(plan), shuffled) == first
    assert written(Program(plan), raw) == first


SCRIPT = """
import datetime, json, sys
from pathlib import Path
from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.program import program_for
from screening.definition.plans import plan_for
from screening.definition.reading import read_library
root = Path(sys.argv[1])
files = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.suffix in (".yaml", ".csv")}
plan, today = plan_for(read_library(files), "ketamine_iv"), datetime.date(2026, 10, 18)
raw = json.load(sys.stdin)
print(json.dumps(assess(program_for(plan), read_answers(plan, raw, today), today).as_json()))
"""


def test_another_process_gives_the_same_bytes() -> None:
    plan = shipped.plan("ketamine_iv")
    raw = Person(plan, Random(7), TODAY).partial(0.7)
    root = Path(__file__).parents[2]

    def elsewhere(hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, str(root / "questionnaires")],
            input=json.dumps(raw),
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout.strip()

    assert elsewhere("1") == elsewhere("2") == written(program_for(plan), raw)


# Scores

FORM = b"""\
questionnaire: mood
title: Mood
audience: patient
pages:
  - id: page
    title: Page
    questions:
      - id: one
        type: scale
        text: One?
        options: &often [{id: no, text: No, points: 0}, {id: yes, text: Yes, points: 3}]
      - {id: two, type: scale, text: Two?, options: *often}
      - {id: asked, type: yes_no, text: Asked?}
      - {id: three, type: scale, text: Three?, options: *often, when: asked, if_not_asked: no}
      - {id: four, type: scale, text: Four?, options: *often, when: asked}
      - {id: number, type: integer, range: [0, 9], text: Number?}
scores:
  - id: mood
    title: Mood
    value: sum(one, two, three)
    missing: {prorate: true, at_most: 1}
    bands: [{from: 0, label: calm}, {from: 5, label: low}]
  - {id: gated, title: Gated, value: "sum(one, four)", missing: {prorate: true, at_most: 1}}
  - {id: whole, title: Whole, value: "one + two", missing: {prorate: true, at_most: 1}}
  - {id: ratio, title: Ratio, value: one / number}
"""


def scores(answers: Mapping[str, object]) -> dict[str, ScoreRange]:
    plan = plan_for_questionnaire(read_library({"mood.yaml": FORM}), "mood")
    read = read_answers(plan, {"mood": answers}, TODAY)
    return {score.key: score for score in assess(program_for(plan), read, TODAY).scores}


@pytest.mark.parametrize(
    ("answers", "mood"),
    [
        pytest.param({}, (0, 9, None, 0, None), id="nothing answered"),
        pytest.param({"one": "yes"}, (3, 9, None, 1, None), id="too much missing to estimate"),
        pytest.param({"one": "yes", "two": "no"}, (3, 6, None, 2, 4.5), id="one missing is estimated beside the range"),
        pytest.param(
            {"one": "yes", "two": "yes", "asked": "no"}, (6, 6, "low", 3, None), id="what not asking implies is known"
        ),
        pytest.param(
            {"one": "yes", "two": "no", "asked": "no", "three": "yes"},
            (3, 3, "calm", 3, None),
            id="what was typed before its question was hidden does not count",
        ),
        pytest.param(
            {"one": "yes", "two": "yes", "three": "yes"},
            (6, 9, "low", 2, 9.0),
            id="what may not be asked is not counted as given",
        ),
        pytest.param(
            {"one": "yes", "two": "yes", "asked": "yes", "three": "yes"}, (9, 9, "low", 3, None), id="all answered"
        ),
    ],
)
def test_a_score_is_its_range_with_what_was_answered_of_it(
    answers: Mapping[str, object], mood: tuple[float, float, str | None, int, float | None]
) -> None:
    low, high, band, answered, prorated = mood

    assert scores(answers)["mood.mood"] == ScoreRange("mood.mood", low, high, band, answered, 3, prorated)


def test_a_hidden_answer_is_no_part_of_an_estimate() -> None:
    assert scores({"one": "yes", "asked": "no", "four": "yes"})["mood.gated"].prorated == 6.0
    assert scores({"asked": "no", "four": "yes"})["mood.gated"].prorated is None


def test_only_a_sum_of_items_is_estimated() -> None:
    assert scores({"one": "yes"})["mood.whole"].prorated is None


def test_a_score_that_may_be_anything_is_still_a_number() -> None:
    found = scores({"one": "yes"})["mood.ratio"]

    assert json.loads(json.dumps([found.low, found.high], allow_nan=False)) == [-1e300, 1e300]


# Stages

SESSION = b"""\
questionnaire: day
title: The day
audience: staff
sources: {book: {cites: A book}}
pages:
  - id: page
    title: Page
    questions: [{id: escort, type: yes_no, text: An escort?}]
flags:
  - {id: no_escort, tier: relative, when: not escort, title: T, why: W, action: A, sources: [book]}
"""
WAY = b"""\
pathway: way
title: Way
treatment: {product: ketamine, route: iv}
steps: [{questionnaire: mood}, {questionnaire: day, stage: session}]
"""


@pytest.mark.parametrize(
    ("stage", "day", "triage"),
    [
        pytest.param(Stage.SCREENING, {}, Triage.NONE_FOUND, id="screening is complete without the day"),
        pytest.param(Stage.SESSION, {}, Triage.INCOMPLETE, id="the day is not"),
        pytest.param(None, {}, Triage.INCOMPLETE, id="nor is all of it"),
        pytest.param(Stage.SCREENING, {"escort": "no"}, Triage.RELATIVE, id="what is raised counts at any stage"),
    ],
)
def test_the_triage_is_that_of_a_stage(stage: Stage | None, day: Mapping[str, object], triage: Triage) -> None:
    plan = plan_for(read_library({"mood.yaml": FORM, "day.yaml": SESSION, "pathways/way.yaml": WAY}), "way")

    assert assess(program_for(plan), read_answers(plan, {"day": day}, TODAY), TODAY, stage).triage is triage
