"""A decision before it is signed: what the clinician has chosen so far, and what is still missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from screening.assessment.findings import Triage
from screening.exchange.report import Report
from screening.exchange.wording import OUTCOMES, date_words
from screening.records.assessments import KeptAssessment
from screening.records.reviews import Decision, Outcome, Signed, departs, longest_validity
from screening.records.tables import Intake
from screening.web.requests import db, today

LONGEST = 4000
USUAL = dt.timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the decision's form; `offered` are the findings' actions, any of which may be a condition.

    `assessment_id` and `supersedes` are what the clinician saw, so that nobody signs over a newer one unseen.
    """

    offered: tuple[str, ...]
    assessment_id: str
    supersedes: str
    triage: str
    outcome: str = ""
    conditions: tuple[str, ...] = ()
    more: str = ""
    expires_on: str = ""
    rationale: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """The choices, as pairs of value and words."""
        return tuple(OUTCOMES.items())

    @property
    def needs_reason(self) -> tuple[str, ...]:
        """The outcomes, in words, that depart from this triage."""
        return tuple(words for value, words in OUTCOMES.items() if departs(Outcome(value), Triage(self.triage)))

    @property
    def lines(self) -> tuple[str, ...]:
        """All conditions, those that were ticked and those that were written."""
        written = (line.strip() for line in self.more.splitlines())
        return (*self.conditions, *(line for line in written if line))

    def decision(self) -> Decision:
        """The decision as it is to be signed; only of a draft without errors."""
        return Decision(
            outcome=Outcome(self.outcome),
            assessment_id=self.assessment_id,
            credential="password",
            rationale=self.rationale,
            conditions=self.lines if self.outcome == Outcome.WITH_CONDITIONS else (),
            expires_on=dt.date.fromisoformat(self.expires_on) if self.expires_on else None,
            supersedes=self.supersedes or None,
        )


def fresh_draft(intake: Intake, report: Report, kept: Sequence[KeptAssessment], signed: Sequence[Signed]) -> Draft:
    """An empty draft on the newest assessment, valid for as long as the answers are."""
    longest = longest_validity(db(), intake)
    usual = today() + USUAL
    end = usual if longest is None else min(longest, usual)
    return Draft(
        offered=report.actions,
        assessment_id=kept[0].id,
        supersedes=signed[0].id if signed else "",
        triage=kept[0].triage,
        expires_on=end.isoformat() if end > today() else "",
    )


def filled_draft(fresh: Draft, typed: MultiDict[str, str], longest: dt.date | None) -> Draft:
    """The draft with what was typed, and with everything that keeps it from being signed."""
    ticked = set(typed.getlist("condition"))
    draft = replace(
        fresh,
        assessment_id=typed.get("assessment", fresh.assessment_id),
        supersedes=typed.get("supersedes", fresh.supersedes),
        outcome=typed.get("outcome", ""),
        conditions=tuple(line for line in fresh.offered if line in ticked),
        more=typed.get("more", "")[:LONGEST],
        expires_on=typed.get("expires_on", "").strip(),
        rationale=typed.get("rationale", "").strip()[:LONGEST],
    )
    return replace(draft, errors=dict(_mistakes(draft, longest)))


def _mistakes(draft: Draft, longest: dt.date | None) -> Iterator[tuple[str, str]]:
    if draft.outcome not in OUTCOMES:
        yield "outcome", "Choose a decision."
        return
    outcome = Outcome(draft.outcome)
    if outcome is Outcome.WITH_CONDITIONS and not draft.lines:
        yield "conditions", "Choose or write at least one condition."
    if outcome is not Outcome.WITH_CONDITIONS and draft.lines:
        yield "conditions", "Conditions go with “Suitable with conditions”. Choose that, or take them away."
    if departs(outcome, Triage(draft.triage)) and not draft.rationale:
        yield "rationale", "This departs from the triage. Write down why."
    if wrong := _wrong_end(draft.expires_on, longest):
        yield "expires_on", wrong


def _wrong_end(written: str, longest: dt.date | None) -> str:
    """What is wrong with the day until which the decision holds; empty where nothing is."""
    if not written:
        return ""
    try:
        end = dt.date.fromisoformat(written)
    except ValueError:
        return "Enter a date such as 2027-05-31."
    if end <= today():
        return "Choose a day after today."
    if longest and end > longest:
        return f"The answers hold until {date_words(longest.isoformat())}; the decision cannot hold longer."
    return ""
