"""The frame of every staff page: where one may go, and what waits there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from screening.records.desk import numbers
from screening.records.staff import Role
from screening.records.tables import Staff
from screening.web.clinician.blueprint import clinician
from screening.web.requests import db, now
from screening.web.staff.session import signed_in


@dataclass(frozen=True, slots=True)
class Destination:
    """A link of the frame; `number` is what waits there, `calls` whether it calls for someone now."""

    name: str
    url: str
    here: bool
    number: int | None = None
    calls: bool = False


@clinician.app_context_processor
def shown_to_staff() -> dict[str, object]:
    """What the frame asks for, only when it is shown."""
    return {"workspace": workspace}


def workspace() -> tuple[Destination, ...]:
    """Where the person who is signed in may go; nothing for someone who is not."""
    staff = signed_in()
    if staff is None:
        return ()
    match Role(staff.role):
        case Role.CLINICIAN:
            return _clinicians(staff)
        case Role.ADMIN:
            return _to("Definitions", "definitions.listed", "definitions", "drafts", "preview"), _to(
                "Staff", "accounts.listed", "accounts"
            )
        case Role.AUDITOR | Role.REFERRER:
            return ()


def _clinicians(staff: Staff) -> tuple[Destination, ...]:
    count = numbers(db(), staff.id, now())
    due = request.endpoint == "clinician.queue" and request.args.get("state") == "due"
    mine = request.endpoint == "clinician.queue" and request.args.get("whose") == "mine"
    at_queue = request.endpoint == "clinician.queue" and not mine and not due
    return (
        Destination("Queue", url_for("clinician.queue"), at_queue, count.waiting),
        Destination("Mine", url_for("clinician.queue", whose="mine"), mine, count.mine),
        Destination("Due again", url_for("clinician.queue", state="due"), due, count.due),
        Destination(
            "Alerts", url_for("clinician.alerts"), request.endpoint == "clinician.alerts", count.alerts, calls=True
        ),
        Destination("New intake", url_for("clinician.invite"), request.endpoint == "clinician.invite"),
    )


def _to(name: str, endpoint: str, *blueprints: str) -> Destination:
    return Destination(name, url_for(endpoint), request.blueprint in blueprints)
