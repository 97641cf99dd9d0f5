"""What the shipped pathways promise beside their own cases: stages, and what a complete screening waits for."""

import datetime as dt
from random import Random

import pytest

from screening.assessment.answers import read_answers
from screening.assessment.assessing import assess
from screening.assessment.findings import Triage
from screening.assessment.program import program_for
from screening.assessment.truth import State
from screening.definition.model import Stage, Tier
from tests.assessment import shipped
from tests.assessment.answering import Person

TODAY = dt.date(2026, 10, 18)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
def test_a_flag_that_reads_the_day_belongs_to_it(pathway: str) -> None:
    stages = {flag.id: flag.stage for flag in shipped.plan(pathway).flags}

    assert stages["preg_current"] is Stage.SESSION
    assert stages["sud_drug_high"] is Stage.SESSION
    assert stages["preg_possible"] is Stage.SCREENING
    assert stages["neuro_stroke_tia"] is Stage.SCREENING


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
def test_a_complete_screening_is_not_incomplete_for_want_of_the_day(pathway: str) -> None:
    plan = shipped.plan(pathway)
    program = program_for(plan)
    for seed in range(30):
        raw = Person(plan, Random(seed), TODAY).partial(1.0)
        raw.pop("session_check")
        answers = read_answers(plan, raw, TODAY)

        assert assess(program, answers, TODAY, Stage.SCREENING).triage is not Triage.INCOMPLETE
        whole = assess(program, answers, TODAY)
        later = [finding for finding in whole.findings if finding.state is State.OPEN]
        assert later
        assert {finding.stage for finding in later} == {Stage.SESSION}
        assert all(key.startswith("session_check.") for finding in later for key in finding.settled_by)
        grave = [
            finding for finding in whole.findings if finding.state is State.RAISED and finding.tier >= Tier.RELATIVE
        ]
        assert (whole.triage is Triage.INCOMPLETE) is not bool(grave)


@pytest.mark.parametrize("pathway", shipped.PATHWAYS)
def test_without_an_answer_nothing_is_ruled_out_that_a_person_could_have(pathway: str) -> None:
    plan = shipped.plan(pathway)
    states = program_for(plan).states(read_answers(plan, {}, TODAY), TODAY)

    assert [flag for flag, state in states.items() if state is not State.OPEN] == []
