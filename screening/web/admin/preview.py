"""The draft as a patient will see it, to be tried without anything being kept."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from screening.records import definitions
from screening.web.admin.examination import examined
from screening.web.admin.rehearsal import plan_to_try, rehearse
from screening.web.protection import csp_nonce
from screening.web.requests import db, today

blueprint = Blueprint("preview", __name__)


@blueprint.route("/definitions/<path:file>/draft/preview", methods=["GET", "POST"], endpoint="shown")
def shown(file: str) -> ResponseReturnValue:
    """One screen of the draft; of the published version where there is no draft."""
    files, draft = definitions.current_files(db()), definitions.draft(db(), file)
    if draft is None and file not in files:
        abort(404)
    examination = examined(files, file, draft.text.encode() if draft else None)
    plan = plan_to_try(examination)
    if plan is None:
        return _framed(render_template("admin/no_preview.html", broken=examination.library is None))
    trial = rehearse(plan, request.form, today())
    return _framed(render_template("admin/preview.html", trial=trial, file=file, form=trial.form))


def _framed(page: str) -> Response:
    """The one page of ours that may stand in a frame, and only in our own."""
    response = make_response(page)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self' 'nonce-{csp_nonce()}'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'self'; base-uri 'none'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
