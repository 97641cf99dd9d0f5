"""The pages of published definitions: the list, one file with its versions, one version, and rolling back to it."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.exchange.wording import moment_words
from screening.records import definitions, publishing
from screening.records.definitions import Version
from screening.records.errors import NotFoundError, PublishError, RecordsError
from screening.web.admin.catalogue import catalogue, file_page
from screening.web.admin.changes import changes_between
from screening.web.admin.editing import is_file
from screening.web.admin.examination import examined
from screening.web.admin.listing import listing
from screening.web.admin.publication import Publication, basis_of, publication
from screening.web.requests import db, now, settings
from screening.web.staff.session import staff_actor

blueprint = Blueprint("definitions", __name__)

# No browser is the better for a list of more lines; a text of that size is looked at in a file.
MOST_LINES = 20_000
KINDS = {"questionnaire": "{}.yaml", "pathway": "pathways/{}.yaml", "translation": "locale/{}.yaml"}


def when(moment: dt.datetime) -> str:
    """A moment on the clinic's clock, as lists show it."""
    return moment_words(moment, settings().time_zone, now())


@blueprint.get("/definitions")
def listed() -> ResponseReturnValue:
    """The list of all definition files."""
    drafts = {draft.file: draft for draft in definitions.drafts(db())}
    published = {file: definitions.published(db(), file) for file in definitions.files(db())}
    current = {file: version for file, version in published.items() if version}
    shown = catalogue(definitions.current_files(db()), current, drafts, when)
    return render_template("admin/definitions.html", catalogue=shown)


@blueprint.route("/definitions/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The question what a new file is to be, and from there to its first draft."""
    name, kind = request.form.get("name", "").strip(), request.form.get("kind", "")
    file = KINDS.get(kind, "").format(name)
    if request.method == "GET":
        return render_template("admin/new.html", name="", kind="questionnaire", problem="")
    if file in definitions.files(db()):
        problem = f"There is a file {file} already."
    elif not is_file(file):
        problem = "Use small letters, digits and _, beginning with a letter, such as sleep_apnea."
        if kind == "translation":
            problem = "Write the language and the file that is translated, such as es/medical_history."
    else:
        return redirect(url_for("drafts.draft", file=file), 303)
    return render_template("admin/new.html", name=name, kind=kind, problem=problem), 422


@blueprint.get("/definitions/<path:file>")
def shown(file: str) -> ResponseReturnValue:
    """One file with all its versions."""
    versions, draft = definitions.versions(db(), file), definitions.draft(db(), file)
    if not versions and not draft:
        abort(404)
    examination = examined(definitions.current_files(db()), file)
    page = file_page(examination, versions, draft, definitions.started_on(db(), file), when)
    return render_template("admin/definition.html", page=page)


@blueprint.get("/definitions/<path:file>/versions/<int:number>")
def version(file: str, number: int) -> ResponseReturnValue:
    """The text of one version, and what it changed in the one before."""
    versions = definitions.versions(db(), file)
    wanted = _numbered(versions, number)
    text = definitions.text_of(db(), wanted.hash)
    against = next((other for other in versions if other.number == number - 1), None)
    changes = changes_between(definitions.text_of(db(), against.hash), text) if against else None
    page = file_page(examined(definitions.current_files(db()), file), versions, None, {}, when)
    past = next(row for row in page.versions if row.number == number)
    lines = text.split("\n", MOST_LINES)
    return render_template(
        "admin/version.html",
        page=page,
        version=past,
        against=against,
        changes=changes,
        listing=listing("\n".join(lines[:MOST_LINES])),
        shortened=len(lines) > MOST_LINES,
    )


@blueprint.route("/definitions/<path:file>/versions/<int:number>/publish", methods=["GET", "POST"])
def rolling_back(file: str, number: int) -> ResponseReturnValue:
    """The question whether an older text shall be published again, and its answer."""
    if request.method == "GET":
        return _ask_to_roll_back(file, number)
    try:
        version = publishing.roll_back(db(), file, number, request.form.get("reason", ""), staff_actor(), now())
    except NotFoundError:
        abort(404)
    except PublishError as error:
        return _ask_to_roll_back(file, number, error.message), 422
    except RecordsError as error:
        return _ask_to_roll_back(file, number, error.message), 422
    flash(f"The text of v{number} is published again, as v{version.number}.")
    return redirect(url_for("definitions.shown", file=file), 303)


def _ask_to_roll_back(file: str, number: int, problem: str = "") -> str:
    wanted = _numbered(definitions.versions(db(), file), number)
    if wanted.state != "retired":
        abort(404)
    text = definitions.text_of(db(), wanted.hash)
    files = definitions.current_files(db())
    page: Publication = publication(examined(files, file, text.encode()), basis_of(db(), file), text)
    return render_template(
        "admin/publish.html",
        page=page,
        heading=f"Publish v{number} again",
        act=f"Publish v{number} again",
        back=url_for("definitions.shown", file=file),
        back_to=page.title,
        reason=request.form.get("reason", ""),
        problem=problem,
        hash=wanted.hash,
        discardable=False,
    )


def _numbered(versions: tuple[Version, ...], number: int) -> Version:
    found = next((version for version in versions if version.number == number), None)
    return found or abort(404)
