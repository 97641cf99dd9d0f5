"""The pages of a draft: writing it, publishing it, giving it up."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.records import definitions, publishing
from screening.records.definitions import Draft
from screening.records.errors import ConflictError, PublishError, RecordsError
from screening.web.admin.catalogue import by_whom
from screening.web.admin.changes import Changes, changes_between
from screening.web.admin.definitions import when
from screening.web.admin.editing import LARGEST_POST, is_file, written
from screening.web.admin.examination import examined
from screening.web.admin.naming import kind_of, name_of
from screening.web.admin.publication import basis_of, publication
from screening.web.admin.studio import studio
from screening.web.protection import keeps_typed, stale_token
from screening.web.requests import db, now
from screening.web.staff.session import staff_actor

blueprint = Blueprint("drafts", __name__)

URL_ENCODED = "application/x-www-form-urlencoded"
STALE = "The page had been open for too long to be sure that it was you. Your text is still here: save it again."
EMPTY = "The text is empty. Write something, or discard the draft before publishing."


@dataclass(frozen=True, slots=True)
class Conflict:
    """What another admin saved meanwhile, and what one's own text would change in it."""

    by: str
    changes: Changes


@blueprint.url_value_preprocessor
def _allow_long_texts(endpoint: str | None, values: dict[str, object] | None) -> None:
    """A definition is longer than anything that a patient sends; this comes before anything reads the form."""
    del endpoint, values
    request.max_content_length = request.max_form_memory_size = LARGEST_POST
    if request.mimetype == URL_ENCODED:
        # Kept, because Werkzeug's form no longer tells bytes that are no UTF-8 from percent signs that were typed.
        request.get_data()


@blueprint.get("/definitions/<path:file>/draft")
def draft(file: str) -> ResponseReturnValue:
    """The draft of a file, or what it would start from."""
    kept, current = definitions.draft(db(), file), definitions.published(db(), file)
    if not kept and not current and not is_file(file):
        abort(404)
    if kept:
        return _page(file, kept.text, kept.hash)
    if current:
        return _page(file, definitions.text_of(db(), current.hash), current.hash)
    return _page(file, _first_text(file), "")


@blueprint.post("/definitions/<path:file>/draft")
@keeps_typed
def save(file: str) -> ResponseReturnValue:
    """Keep what was written, whatever is wrong in it, unless it is no text or someone else was faster."""
    if not is_file(file) and file not in definitions.files(db()):
        abort(404)
    if "text" not in request.form:
        abort(400)
    sent, base = written(_sent_text()), request.form.get("base", "")
    refusal = STALE if stale_token() else sent.refusal or ("" if sent.text.strip() else EMPTY)
    if refusal:
        return _page(file, sent.text, base, refused=refusal), 422
    try:
        publishing.save_draft(db(), file, sent.text, staff_actor(), now(), base or None)
    except ConflictError as error:
        theirs = Conflict(by_whom(error.draft.author), changes_between(error.draft.text, sent.text))
        return _page(file, sent.text, error.draft.hash, conflict=theirs), 409
    except RecordsError as error:
        return _page(file, sent.text, base, refused=error.message), 422
    onward = "drafts.publication" if request.form.get("then") == "publish" else "drafts.draft"
    return redirect(url_for(onward, file=file), 303)


@blueprint.route("/definitions/<path:file>/draft/publish", methods=["GET", "POST"], endpoint="publication")
def before_publishing(file: str) -> ResponseReturnValue:
    """The question whether the draft shall be published, and its answer."""
    kept = definitions.draft(db(), file) or abort(404)
    if request.method == "GET":
        return _ask_to_publish(kept)
    if kept.hash != request.form.get("hash"):
        return _ask_to_publish(kept, f"{by_whom(kept.author)} changed the draft meanwhile. Look at it again."), 409
    try:
        version = publishing.publish(db(), file, request.form.get("reason", ""), staff_actor(), now())
    except (PublishError, RecordsError) as error:
        return _ask_to_publish(kept, error.message), 422
    flash(f"v{version.number} is published. Intakes that start from now on have it.")
    return redirect(url_for("definitions.shown", file=file), 303)


@blueprint.post("/definitions/<path:file>/draft/discard")
def discard(file: str) -> ResponseReturnValue:
    """Give up the draft, if it is still the one that was seen."""
    kept = definitions.draft(db(), file) or abort(404)
    if kept.hash != request.form.get("hash"):
        return _ask_to_publish(kept, f"{by_whom(kept.author)} changed the draft meanwhile. Look at it again."), 409
    publishing.discard_draft(db(), file, staff_actor(), now())
    flash("The draft is discarded.")
    if definitions.published(db(), file):
        return redirect(url_for("definitions.shown", file=file), 303)
    return redirect(url_for("definitions.listed"), 303)


def _sent_text() -> str:
    """The text as it was sent, with a mark in the place of bytes that are no UTF-8."""
    if request.mimetype != URL_ENCODED:
        return request.form["text"]
    fields = parse_qs(request.get_data().decode("ascii", "replace"), keep_blank_values=True, errors="replace")
    return fields["text"][0]


def _page(file: str, text: str, base: str, refused: str = "", conflict: Conflict | None = None) -> str:
    examination = examined(definitions.current_files(db()), file, text.encode())
    page = studio(text, base, definitions.draft(db(), file), basis_of(db(), file), examination, when)
    return render_template("admin/draft.html", studio=page, refused=refused, conflict=conflict)


def _ask_to_publish(kept: Draft, problem: str = "") -> str:
    examination = examined(definitions.current_files(db()), kept.file, kept.text.encode())
    page = publication(examination, basis_of(db(), kept.file), kept.text)
    return render_template(
        "admin/publish.html",
        page=page,
        heading="Publish the draft",
        act="Publish",
        back=url_for("drafts.draft", file=kept.file),
        back_to="The draft",
        reason=request.form.get("reason", ""),
        problem=problem,
        hash=kept.hash,
        discardable=True,
    )


def _first_text(file: str) -> str:
    """What a new file starts with, so that its first save has a shape to fill in."""
    return render_template("admin/first_text.yaml", kind=kind_of(file), name=name_of(file).rpartition("/")[2])
