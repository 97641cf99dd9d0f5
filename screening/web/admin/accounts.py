"""The accounts of staff: who may do what, and who no longer may."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (  # type: ignore[attr-defined]  # the stubs lag behind SelectChoice
    EmailField,
    Form,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import AnyOf, InputRequired, Length

from screening.exchange.wording import counted, date_words
from screening.records import staff
from screening.records.errors import AccountError, NotFoundError
from screening.records.identifiers import ALPHABET
from screening.records.staff import Role
from screening.records.tables import Staff
from screening.web.requests import db, now, settings
from screening.web.staff.session import current_staff, staff_actor

blueprint = Blueprint("accounts", __name__)

GROUPS_OF_PASSWORD, LETTERS_OF_GROUP = 4, 4


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role's name, and what it may do."""

    name: str
    may: str


ROLES: Mapping[str, RoleWords] = {
    Role.CLINICIAN: RoleWords("Clinician", "Sees patients' answers and findings, asks for more, decides and signs."),
    Role.ADMIN: RoleWords("Admin", "Changes definitions and manages accounts. Sees no patient data, only counts."),
    Role.AUDITOR: RoleWords("Auditor", "Reads the audit trail: who did what, and when."),
    Role.REFERRER: RoleWords("Referrer", "Fills in the referral form, and nothing else."),
}


class RoleForm(Form):
    """What someone may do."""

    role = RadioField(
        "Role",
        [AnyOf([role.value for role in Role], "Choose a role.")],
        choices=[SelectChoice(role.value, ROLES[role].name) for role in Role],
        validate_choice=False,
    )


class PersonForm(RoleForm):
    """A new member of staff."""

    name = StringField("Name", [InputRequired("Enter the person's name."), Length(max=200)])
    email = EmailField("E-mail address", [InputRequired("Enter an e-mail address."), Length(max=254)])


@blueprint.get("/staff")
def listed() -> ResponseReturnValue:
    """The list of all accounts."""
    people = staff.every(db())
    active = sum(person.active for person in people)
    return render_template(
        "admin/accounts.html",
        people=people,
        me=current_staff(),
        roles=ROLES,
        summary=f"{counted(active, 'active account')}",
        day=lambda moment: date_words(moment.astimezone(settings().time_zone).date().isoformat()),
    )


@blueprint.route("/staff/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form for a new account, and its first password, shown once."""
    form = PersonForm(request.form)
    if request.method == "GET":
        return render_template("admin/account_new.html", fields=form, roles=ROLES)
    if not form.validate():
        return render_template("admin/account_new.html", fields=form, roles=ROLES), 422
    password = new_password()
    try:
        person = staff.add(
            db(), str(form.name.data), str(form.email.data), Role(str(form.role.data)), password, staff_actor(), now()
        )
    except AccountError as error:
        form.email.errors = [error.message]
        return render_template("admin/account_new.html", fields=form, roles=ROLES), 422
    return _show_password("The account is ready", person, password)


@blueprint.get("/staff/<id>")
def account(id: str) -> ResponseReturnValue:
    """One account and what can be done with it."""
    return _page(_person(id))


@blueprint.post("/staff/<id>/role")
def role(id: str) -> ResponseReturnValue:
    """Give the account another role."""
    person, form = _person(id), RoleForm(request.form)
    if not form.validate():
        return _page(person, form.role.errors[0]), 422
    try:
        staff.change_role(db(), person, Role(str(form.role.data)), staff_actor(), now())
    except AccountError as error:
        return _page(person, error.message), 409
    flash(f"{person.name} is now {ROLES[person.role].name.lower()}.")
    return redirect(url_for("accounts.listed"), 303)


@blueprint.post("/staff/<id>/password")
def reset(id: str) -> ResponseReturnValue:
    """Give the account a new first password, shown once."""
    person = _person(id)
    if person.id == current_staff().id:
        return _page(person, "You change your own password under your name, above."), 409
    if not person.active:
        return _page(person, "This account is deactivated. Activate it again instead."), 409
    password = new_password()
    staff.reset_password(db(), person, password, staff_actor(), now())
    return _show_password("The password is reset", person, password)


@blueprint.post("/staff/<id>/deactivate")
def deactivate(id: str) -> ResponseReturnValue:
    """Close the account."""
    person = _person(id)
    try:
        staff.deactivate(db(), person, staff_actor(), now())
    except AccountError as error:
        return _page(person, error.message), 409
    flash(f"{person.name} can no longer sign in.")
    return redirect(url_for("accounts.listed"), 303)


@blueprint.post("/staff/<id>/reactivate")
def reactivate(id: str) -> ResponseReturnValue:
    """Open a closed account again, with a new first password."""
    person = _person(id)
    if person.active:
        return _page(person, "This account is active already."), 409
    password = new_password()
    staff.reactivate(db(), person, staff_actor(), now())
    staff.reset_password(db(), person, password, staff_actor(), now())
    return _show_password("The account is active again", person, password)


def new_password() -> str:
    """A random first password of about 80 bits, in letters and digits that nobody misreads."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS_OF_GROUP)) for _ in range(GROUPS_OF_PASSWORD))
    return "-".join(groups)


def _person(id_: str) -> Staff:
    try:
        return staff.by_id(db(), id_)
    except NotFoundError:
        abort(404)


def _page(person: Staff, problem: str = "") -> str:
    return render_template(
        "admin/account.html",
        person=person,
        is_self=person.id == current_staff().id,
        fields=RoleForm(role=person.role),
        roles=ROLES,
        problem=problem,
    )


def _show_password(heading: str, person: Staff, password: str) -> str:
    sign_in = f"{settings().base_url}{url_for('staff.sign_in')}"
    return render_template("admin/password.html", heading=heading, person=person, password=password, sign_in=sign_in)
