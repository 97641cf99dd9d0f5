"""Medicines that the formulary does not know: a clinician says once what each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.assessment.answers import NO_CLASS, MedicineList, read_answers
from screening.definition.formulary import Formulary, Suggestion
from screening.definition.model import Plan, Stage
from screening.exchange.wording import counted
from screening.records import intakes, responses
from screening.records.definitions import plan_of
from screening.records.identification import identify
from screening.records.states import ENDED, State, state_of
from screening.records.tables import Intake
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import intake_or_404, note_seen, person_of, standing_of
from screening.web.requests import db, now, today
from screening.web.staff.session import staff_actor

OTHER = "other"
LATER = ""
_ASSESSED = frozenset({State.SUBMITTED, State.IN_REVIEW, State.NEEDS_INFO, State.DECIDED})


@dataclass(frozen=True, slots=True)
class UnknownMedicine:
    """A medicine as the patient wrote it, what it may be, and what is chosen on the page."""

    number: int
    name: str
    about: str
    suggestions: tuple[Suggestion, ...]
    chosen: str = LATER
    written: str = ""
    problem: str = ""


@clinician.route("/intakes/<reference>/medicines", methods=["GET", "POST"])
def medicines(reference: str) -> ResponseReturnValue:
    """The medicines that are not recognised; a post says what they are, and assesses anew."""
    found = intake_or_404(reference)
    if state_of(found) in ENDED:
        _no_page()
    plan, raw = plan_of(db(), found), responses.answers(db(), found)
    unknown = _unknown(plan, raw)
    if request.method == "POST":
        unknown = tuple(_chosen(one, plan.formulary) for one in unknown)
        if not any(one.problem for one in unknown):
            return _identified(found, unknown)
    else:
        note_seen(found, "medicines")
    page = render_template(
        "clinician/medicines.html",
        intake=standing_of(found, plan),
        person=person_of(found, raw),
        unknown=unknown,
        names=sorted(medicine.generic for medicine in plan.formulary.medicines),
    )
    return page, 422 if any(one.problem for one in unknown) else 200


def _unknown(plan: Plan, raw: responses.AllRaw) -> tuple[UnknownMedicine, ...]:
    """Every medicine that nobody has recognised, each name once."""
    values = read_answers(plan, raw, today()).known.values()
    rows = {
        row.name: row for value in values if isinstance(value, MedicineList) for row in value.rows if not row.medicine
    }
    return tuple(
        UnknownMedicine(
            number,
            row.name,
            ", ".join(part for part in (row.dose, row.how_often.replace("_", " ")) if part),
            plan.formulary.suggestions(row.name),
        )
        for number, row in enumerate(rows.values(), start=1)
    )


def _chosen(one: UnknownMedicine, formulary: Formulary) -> UnknownMedicine:
    """The medicine with what was chosen for it, and what is wrong with that."""
    choice = request.form.get(f"is-{one.number}", LATER)
    written = " ".join(request.form.get(f"other-{one.number}", "").split())[:200]
    if choice == LATER and written:
        # Without a script, writing a name does not move the choice to it.
        choice = OTHER
    if choice == OTHER and formulary.find(written) is None:
        near = formulary.suggestions(written, 1)
        hint = f" Did you mean {near[0].name}?" if near else ""
        problem = f"The formulary has no medicine “{written}”.{hint}" if written else "Write the medicine's name."
    elif choice not in {LATER, OTHER, NO_CLASS, *(each.medicine.generic for each in one.suggestions)}:
        problem = "Choose one of these."
    else:
        problem = ""
    return UnknownMedicine(one.number, one.name, one.about, one.suggestions, choice, written, problem)


def _identified(found: Intake, unknown: tuple[UnknownMedicine, ...]) -> ResponseReturnValue:
    meant = {one.name: one.written if one.chosen == OTHER else one.chosen for one in unknown if one.chosen != LATER}
    count = identify(db(), found, meant, staff_actor(), now()) if meant else 0
    if count and state_of(found) in _ASSESSED:
        intakes.reassess(db(), found, Stage.SCREENING, staff_actor(), now())
    flash(f"{counted(count, 'medicine')} identified." if count else "Nothing was changed.")
    return redirect(url_for("clinician.intake", reference=found.reference))


def _no_page() -> NoReturn:
    abort(404)
