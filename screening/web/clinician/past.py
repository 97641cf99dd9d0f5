"""What has been: every assessment with what it changed, and who did what; and the review on paper."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, render_template

from screening.exchange.difference import difference
from screening.exchange.wording import TRIAGE_SHORT
from screening.records import desk, responses, reviews
from screening.records.assessments import KeptAssessment, Reason, assessments
from screening.records.definitions import plan_of
from screening.records.desk import Happening
from screening.records.responses import Event
from screening.records.tables import Intake
from screening.web.clinician import assessed
from screening.web.clinician.answers import sheets_of
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import intake_or_404, moment, note_seen, person_of, standing_of
from screening.web.clinician.review import alert_notice, signed_words
from screening.web.requests import db, now

WHY = {
    Reason.SUBMISSION: "sent by the patient",
    Reason.RESUBMISSION: "sent again after what the clinic asked",
    Reason.SESSION: "with the day of treatment",
    Reason.REASSESSMENT: "assessed again",
}

DEEDS = {
    "intake.invited": "made the intake",
    "patient.admitted": "opened the link",
    "intake.in_progress": "began to answer",
    "answers.saved": "saved a page",
    "intake.submitted": "sent the answers",
    "intake.assessed": "assessed the answers",
    "intake.in_review": "began the review",
    "intake.viewed": "looked at it",
    "intake.assigned": "assigned it",
    "information.requested": "asked the patient",
    "intake.needs_info": "sent it back to the patient",
    "intake.signed": "signed a decision",
    "intake.decided": "decided",
    "intake.expired": "let it expire",
    "intake.withdrawn": "withdrew it",
    "intake.renewed": "began it from an earlier intake",
    "intake.moved": "moved it to newer definitions",
    "alert.raised": "answered so that staff were alerted",
    "alert.acknowledged": "took on the alert",
    "link.locked": "locked the link after wrong dates of birth",
    "link.unlocked": "unlocked the link",
    "link.renewed": "made a new link",
}


@dataclass(frozen=True, slots=True)
class PastAssessment:
    """One assessment, with what it changed in words."""

    triage: str
    triage_words: str
    when: str
    why: str
    changes: tuple[tuple[str, tuple[str, ...]], ...]
    intact: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what, when; `times` where it was done several times in a row."""

    when: str
    who: str
    what: str
    times: int


@clinician.get("/intakes/<reference>/history")
def history(reference: str) -> str:
    """All assessments of the intake, and everything that was done with it."""
    found = intake_or_404(reference)
    note_seen(found, "history")
    raw, events = responses.answers(db(), found), responses.history(db(), found)
    return render_template(
        "clinician/history.html",
        intake=standing_of(found, plan_of(db(), found)),
        person=person_of(found, raw),
        assessments=_past(found, assessments(db(), found), events),
        deeds=_deeds(desk.happenings(db(), found)),
    )


@clinician.get("/intakes/<reference>/print")
def printed(reference: str) -> str:
    """The whole review on paper: the report, the decisions and all answers."""
    found = intake_or_404(reference)
    note_seen(found, "print")
    plan, raw = plan_of(db(), found), responses.answers(db(), found)
    kept = assessments(db(), found)
    if not kept:
        abort(404)
    return render_template(
        "clinician/print.html",
        intake=standing_of(found, plan),
        person=person_of(found, raw),
        alert=alert_notice(found, plan),
        report=assessed.report_on(found, kept[0], responses.history(db(), found)),
        reviews=tuple(signed_words(one) for one in reviews.reviews(db(), found)),
        sheets=sheets_of(found, plan, raw),
        printed=moment(now()),
        made=moment(kept[0].made_at),
    )


def _past(found: Intake, kept: tuple[KeptAssessment, ...], events: tuple[Event, ...]) -> tuple[PastAssessment, ...]:
    return tuple(
        PastAssessment(
            triage=one.triage,
            triage_words=TRIAGE_SHORT[one.triage],
            when=moment(one.made_at),
            why=WHY[one.reason],
            changes=_changes(found, one, earlier, events),
            intact=one.intact,
        )
        for one, earlier in zip(kept, [*kept[1:], None], strict=False)
    )


def _changes(
    found: Intake, one: KeptAssessment, earlier: KeptAssessment | None, events: tuple[Event, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if earlier is None:
        return ()
    before, after = (assessed.assessed(found, each, events) for each in (earlier, one))
    return difference(before, after).lines()


def _deeds(happenings: tuple[Happening, ...]) -> tuple[Deed, ...]:
    """The trail in words, with repetitions in a row told once."""
    deeds: list[Deed] = []
    for one in happenings:
        # It is the answers that lead to an assessment, whoever sends them.
        kind = "system" if one.action == "intake.assessed" else one.actor.kind
        who = {"patient": "The patient", "system": "The program"}.get(kind) or one.actor.name
        deed = Deed(moment(one.at), who, DEEDS.get(one.action, one.action), 1)
        if deeds and (deeds[-1].who, deeds[-1].what) == (deed.who, deed.what):
            deed = Deed(deeds[-1].when, deed.who, deed.what, deeds.pop().times + 1)
        deeds.append(deed)
    return tuple(deeds)
