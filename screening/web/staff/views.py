"""Signing in and out, and changing one's own password."""

from __future__ import annotations

import datetime as dt
import re

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from screening.exchange.wording import moment_words, span_words
from screening.records import staff as accounts
from screening.records.errors import LockedError, PasswordError
from screening.records.staff import Role
from screening.web.requests import db, keep, now, settings
from screening.web.staff.forms import PasswordForm, SignInForm
from screening.web.staff.session import current_staff, forget_token, keep_token, signed_in, token

staff = Blueprint("staff", __name__)
BLUEPRINTS = (staff,)

# One slash, not two; no backslash, which browsers take for one; nothing invisible.
OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
WRONG = "The e-mail address or the password is not right."
FIRST_PAGE = {Role.CLINICIAN: "clinician.queue", Role.ADMIN: "definitions.listed"}


@staff.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The way in; it says the same for a wrong password and for an account that does not exist."""
    form = SignInForm(request.form)
    if request.method == "GET" or not form.validate():
        return render_template("staff/sign_in.html", sign_in=form), 200 if request.method == "GET" else 422
    keep()
    try:
        entered = accounts.sign_in(db(), str(form.email.data), str(form.password.data), _address(), now())
    except LockedError as error:
        form.form_errors = [_wait(error)]
        return render_template("staff/sign_in.html", sign_in=form), 429
    if entered is None:
        form.form_errors = [WRONG]
        return render_template("staff/sign_in.html", sign_in=form), 422
    # Whatever this browser was before, a patient's sheet perhaps, ends here.
    session.clear()
    response = redirect(_after_sign_in(Role(entered.staff.role)))
    keep_token(response, entered.token)
    return response


@staff.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """The way out: the session ends in the database, not only in this browser."""
    accounts.sign_out(db(), token(), now())
    session.clear()
    response = redirect(url_for("staff.sign_in"))
    forget_token(response)
    return response


@staff.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    """One's own account: who one is here, where one is signed in, and a new password."""
    me = current_staff()
    form = PasswordForm(request.form)
    if request.method == "POST" and form.validate() and _changed(form):
        flash("Your password is changed. Other browsers that were signed in are signed out.")
        return redirect(url_for("staff.account"))
    sessions = [
        {"since": moment_words(one.made_at, settings().time_zone), "seen": span_words(now() - one.seen_at)}
        for one in accounts.sessions(db(), me, now())
    ]
    page = render_template("staff/account.html", change=form, sessions=sessions)
    return page, 200 if request.method == "GET" else 422


def _changed(form: PasswordForm) -> bool:
    """Whether the password was changed; if not, the form says why."""
    keep()
    me = current_staff()
    try:
        if not accounts.confirm(db(), me, str(form.current.data), _address(), now()):
            form.current.errors = ["This is not your password."]
            return False
        accounts.change_password(db(), me, str(form.new.data), now(), token())
    except LockedError as error:
        form.current.errors = [_wait(error)]
        return False
    except PasswordError as error:
        form.new.errors = [error.message]
        return False
    return True


def _address() -> str:
    return request.remote_addr or ""


def _wait(error: LockedError) -> str:
    if error.until is None:
        return error.message
    return f"Too many failed attempts. Try again in {span_words(max(error.until - now(), dt.timedelta(minutes=1)))}."


def _after_sign_in(role: Role) -> str:
    """Where one wanted to go, if that is a page of ours, else the first page of one's role."""
    wanted = request.args.get("next", "")
    return wanted if is_own_path(wanted) else url_for(FIRST_PAGE.get(role, "staff.account"))


def is_own_path(target: str) -> bool:
    """Whether it is a path on this host and nothing that a browser would read as another one."""
    return OWN_PATH.fullmatch(target) is not None


@staff.app_context_processor
def shown_to_staff() -> dict[str, object]:
    """What the frame of every staff page asks for: who is signed in."""
    return {"signed_in": signed_in}
