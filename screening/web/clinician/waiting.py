"""The queue: what needs a person now, then what waits for review, gravest and longest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.assessment.findings import Triage
from screening.exchange.wording import STATES, TRIAGE_SHORT, counted, date_words, span_words
from screening.records import alerts as alert_records
from screening.records import patients, staff
from screening.records.definitions import library_for, plan_of
from screening.records.desk import DUE_AHEAD, MINE
from screening.records.reviews import NOBODY, Filters, QueuePage, QueueRow
from screening.records.reviews import queue as queue_page
from screening.records.states import State
from screening.web.clinician.blueprint import clinician
from screening.web.clinician.intakes import alert_titles, since
from screening.web.requests import db, now, settings
from screening.web.staff.session import current_staff

WAITING_FOR_REVIEW, EVERY, DUE = "", "every", "due"
_FILTERS = ("state", "triage", "pathway", "whose")
ANYONE, OWN, UNASSIGNED = "", "mine", "unassigned"
# Whoever has just begun is found by search or by state; the queue itself is what waits for a clinician.
STATE_CHOICES = (
    (WAITING_FOR_REVIEW, "Waiting for review"),
    *((state.value, STATES[state].capitalize()) for state in State),
    (DUE, "Due again"),
    (EVERY, "In any state"),
)
WHOSE_CHOICES = ((ANYONE, "Anyone's"), (OWN, "Mine"), (UNASSIGNED, "Nobody's"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as the page offers it: its choices as pairs of value and words, and the one chosen."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Line:
    """One intake in the queue."""

    reference: str
    name: str
    triage: str
    triage_words: str
    pathway: str
    state: str
    waiting: str
    assignee: str
    alert: bool


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An emergency that nobody has taken on yet."""

    reference: str
    name: str
    phone: str
    waiting: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the queue, ready to be shown.

    `before` and `after` lead to the neighbouring pages; of a search `pages` are their numbers, 0 where there is none.
    """

    title: str
    summary: str
    lines: tuple[Line, ...]
    filters: tuple[Choice, ...]
    find: str
    before: str
    after: str
    pages: tuple[int, int]


@clinician.route("/queue", methods=["GET", "POST"])
def queue() -> ResponseReturnValue:
    """The intakes that wait, or those that were looked for.

    Whoever is looked for is posted: names and dates of birth do not belong in addresses, histories and proxy logs.
    """
    given = request.form if request.method == "POST" else request.args
    wanted = {name: given.get(name, "") for name in _FILTERS} | {"find": request.form.get("find", "")}
    if request.method == "POST" and not wanted["find"].strip():
        kept: dict[str, Any] = {name: wanted[name] for name in _FILTERS if wanted[name]}
        return redirect(url_for("clinician.queue", **kept))
    number = given.get("page", "1")
    page = queue_page(db(), _filters(wanted), int(number) if number.isdecimal() and len(number) < 7 else 1)
    return render_template("clinician/queue.html", listing=_listing(wanted, page), alerts=alert_lines())


@clinician.get("/alerts")
def alerts() -> str:
    """The emergencies that nobody has taken on yet, the oldest first."""
    return render_template("clinician/alerts.html", alerts=alert_lines())


def alert_lines() -> tuple[AlertLine, ...]:
    """All alerts that wait, with whom to call and why."""
    lines = []
    for alert in alert_records.alerts(db()):
        who = patients.identity(db(), alert.intake.patient_id)
        waiting = span_words(now() - alert.at)
        titles = alert_titles(plan_of(db(), alert.intake), alert)
        lines.append(AlertLine(alert.intake.reference, who.name, who.phone, waiting, titles))
    return tuple(lines)


def _filters(wanted: Mapping[str, str]) -> Filters:
    """What was asked for; values that are none leave nothing out."""
    state, triage = wanted["state"], wanted["triage"]
    states = frozenset({State(state)}) if state in set(State) else frozenset(State) if state == EVERY else frozenset()
    if wanted["whose"] == OWN and not states:
        states = MINE
    return Filters(
        states=states,
        triages=frozenset({Triage(triage)}) if triage in set(Triage) else frozenset(),
        pathway=wanted["pathway"],
        assignee={OWN: current_staff().id, UNASSIGNED: NOBODY}.get(wanted["whose"], ""),
        search=wanted["find"],
        due_by=now() + DUE_AHEAD if state == DUE else None,
    )


def _listing(wanted: Mapping[str, str], page: QueuePage) -> Listing:
    titles = {name: pathway.title for name, pathway in library_for(db()).pathways.items()}
    names = staff.names(db())
    searched = bool(wanted["find"].strip())
    return Listing(
        title="Found" if searched else _title(wanted),
        summary=_summary(page),
        lines=tuple(_line(row, titles, names) for row in page.rows),
        filters=(
            Choice("state", "State", STATE_CHOICES, wanted["state"]),
            Choice("triage", "Triage", (("", "Any"), *_triage_choices()), wanted["triage"]),
            Choice("pathway", "Treatment", (("", "Any"), *titles.items()), wanted["pathway"]),
            Choice("whose", "With", WHOSE_CHOICES, wanted["whose"]),
        ),
        find=wanted["find"],
        before=_page_url(wanted, page.number - 1) if page.number > 1 and not searched else "",
        after=_page_url(wanted, page.number + 1) if page.number < page.pages and not searched else "",
        pages=(page.number - 1, page.number + 1 if page.number < page.pages else 0) if searched else (0, 0),
    )


def _title(wanted: Mapping[str, str]) -> str:
    if wanted["state"] == DUE:
        return "Due again"
    return "Mine" if wanted["whose"] == OWN else "Queue"


def _triage_choices() -> tuple[tuple[str, str], ...]:
    return tuple((triage.value, TRIAGE_SHORT[triage].capitalize()) for triage in Triage)


def _summary(page: QueuePage) -> str:
    many = counted(page.total, "intake")
    return many if page.pages == 1 else f"{many}, page {page.number} of {page.pages}"


def _line(row: QueueRow, titles: Mapping[str, str], names: Mapping[str, str]) -> Line:
    waits = row.state in (State.SUBMITTED, State.IN_REVIEW)
    return Line(
        reference=row.reference,
        name=row.name or "(erased)",
        triage=row.triage or "unassessed",
        triage_words=TRIAGE_SHORT[row.triage] if row.triage else "not assessed",
        pathway=titles.get(row.pathway, row.pathway),
        state=STATES[row.state],
        waiting=since(row.submitted_at) if waits else _until(row) or since(row.saved_at or row.made_at) + " ago",
        assignee=names.get(row.assignee_id or "", ""),
        alert=row.alert,
    )


def _until(row: QueueRow) -> str:
    """Until when a decision holds; empty where none does."""
    if row.state is not State.DECIDED or row.expires_at is None:
        return ""
    return f"valid until {date_words(row.expires_at.astimezone(settings().time_zone).date().isoformat())}"


def _page_url(wanted: Mapping[str, str], number: int) -> str:
    kept: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    return url_for("clinician.queue", **kept, page=number)
