"""Inviting a patient: a new intake, and the link that only this patient is given."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import (  # type: ignore[attr-defined]  # the stubs lag behind SelectChoice
    DateField,
    EmailField,
    Form,
    RadioField,
    SelectChoice,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from screening.exchange.wording import date_words
from screening.records import intakes, invitations, patients
from screening.records.definitions import library_for
from screening.records.patients import Identity
from screening.records.states import state_of
from screening.records.tables import Patient
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import LINKED, RENEWABLE, intake_or_404
from screening.web.requests import db, now, settings, today
from screening.web.staff.session import staff_actor

EARLIEST = dt.date(1900, 1, 1)
SAME, ANOTHER = "same", "another"


class InviteForm(Form):
    """Whom to invite, and for what; `known` is asked where a patient of that name and birthday is on file."""

    pathway = RadioField("Treatment", [InputRequired("Choose a treatment.")], validate_choice=True)
    name = StringField(
        "Full name",
        [
            InputRequired("Enter the patient's name."),
            Regexp(r"\s*\S", message="Enter the patient's name."),
            Length(max=200),
        ],
    )
    date_of_birth = DateField("Date of birth", [InputRequired("Enter the date of birth.")])
    email = EmailField(
        "E-mail address",
        [
            Optional(),
            Length(max=254),
            Regexp(
                r"[^\s@]+@[^\s@]+\.[^\s@]+$", message="Enter an address such as name@mail.example, or leave it empty."
            ),
        ],
    )
    phone = TelField(
        "Phone",
        [Optional(), Length(max=40), Regexp(r"[0-9+()./ -]{3,}$", message="Enter a phone number, or leave it empty.")],
    )
    known = RadioField(
        "Is it the same person?",
        [Optional()],
        choices=[
            SelectChoice(SAME, "Yes, add the new intake to their record"),
            SelectChoice(ANOTHER, "No, it is another person"),
        ],
    )

    def validate_date_of_birth(self, field: DateField) -> None:
        """Refuses a day that nobody who is screened was born on."""
        if field.data is not None and not EARLIEST <= field.data <= today():
            raise ValidationError("Please check the year.")

    def mistakes(self) -> tuple[tuple[str, str], ...]:
        """The first thing wrong with each field, beside the field's id."""
        return tuple((field.id, str(field.errors[0])) for field in self if field.errors)

    def who(self) -> Identity:
        """The identity that was entered; only of a valid form."""
        born = self.date_of_birth.data or dt.date.max
        return Identity(" ".join(str(self.name.data).split()), born, self.email.data or "", self.phone.data or "")


@clinician.route("/intakes/new", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """A form for a new intake; once sent, the page that shows its link, once."""
    form = InviteForm(request.form)
    pathways = library_for(db()).pathways
    form.pathway.choices = [SelectChoice(name, pathway.title) for name, pathway in pathways.items()]
    if request.method == "GET":
        return render_template("clinician/invite.html", invite=form)
    if not form.validate():
        return render_template("clinician/invite.html", invite=form), 422
    known = _known(db(), form.who())
    if known and not form.known.data:
        form.known.errors = ["A patient of this name and date of birth is on file. Say whether it is the same person."]
        return render_template("clinician/invite.html", invite=form), 422
    whom = known if known and form.known.data == SAME else form.who()
    invitation = invitations.invite(db(), str(form.pathway.data), whom, staff_actor(), now())
    return _link_page(invitation.intake.reference, form.who(), invitation.token), 201


@clinician.post("/intakes/<reference>/link")
def link(reference: str) -> ResponseReturnValue:
    """A new link for the intake, shown once; the old one leads nowhere from now on."""
    intake = intake_or_404(reference)
    if state_of(intake) not in LINKED:
        flash("There is nothing to answer by a link now.")
        return redirect(url_for("clinician.intake", reference=intake.reference))
    who = patients.identity(db(), intake.patient_id)
    return _link_page(intake.reference, who, invitations.new_link(db(), intake, staff_actor(), now()))


@clinician.post("/intakes/<reference>/renewal")
def renewal(reference: str) -> ResponseReturnValue:
    """A new intake that starts from the answers of this one; its link is shown once."""
    intake = intake_or_404(reference)
    if state_of(intake) not in RENEWABLE:
        flash("This screening is still open.")
        return redirect(url_for("clinician.intake", reference=intake.reference))
    invitation = intakes.renew(db(), intake, staff_actor(), now())
    who = patients.identity(db(), intake.patient_id)
    return _link_page(invitation.intake.reference, who, invitation.token), 201


@clinician.post("/intakes/<reference>/unlock")
def unlock(reference: str) -> ResponseReturnValue:
    """The link may be tried again."""
    intake = intake_or_404(reference)
    invitations.lift_lock(db(), intake, staff_actor(), now())
    flash("The link can be used again.")
    return redirect(url_for("clinician.intake", reference=intake.reference))


def _link_page(reference: str, who: Identity, token: str) -> str:
    address = settings().base_url + url_for("patient.link", token=token)
    born = date_words(who.date_of_birth.isoformat())
    return render_template("clinician/invited.html", reference=reference, who=who, born=born, address=address)


def _known(session: Session, who: Identity) -> Patient | None:
    """The one patient on file with exactly that name and date of birth, or None."""
    found = patients.search(session, f"{who.name} {who.date_of_birth.isoformat()}") or frozenset()
    same = [one for one in sorted(found) if _is_same(patients.identity(session, one), who)]
    return patients.by_id(session, same[0]) if len(same) == 1 else None


def _is_same(one: Identity, other: Identity) -> bool:
    return one.date_of_birth == other.date_of_birth and one.name.casefold() == other.name.casefold()
