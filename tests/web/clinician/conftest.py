"""A clinician at the desk, and made-up people whose intakes have come as far as the test needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from screening.cli.people import read_people, settle
from screening.records import staff
from screening.records.staff import Role
from screening.records.tables import Intake

if TYPE_CHECKING:
    from tests.web.conftest import Browser, Site

Settle = Callable[[str], str]


@pytest.fixture
def clinician(site: Site) -> Browser:
    """A browser in which a clinician has signed in."""
    return site.member(Role.CLINICIAN)


@pytest.fixture
def settled(site: Site) -> Settle:
    """Lets one of the demo's people live through their intake, and gives its reference."""
    return lambda name: _settle(site, name)


@pytest.fixture(scope="session")
def standing(running: Site) -> Settle:
    """The same, once for all tests that only look."""
    found: dict[str, str] = {}

    def one(name: str) -> str:
        if name not in found:
            found[name] = _settle(running, name)
        return found[name]

    return one


def _settle(site: Site, name: str) -> str:
    people = {person.name: person for person in read_people(site.clock(), dt.UTC)}
    with site.database.session() as db:
        clinician = staff.by_email(db, site.account(Role.CLINICIAN))
        assert clinician is not None
        before = set(db.scalars(select(Intake.id)))
        settle(db, people[name], staff.actor_of(clinician))
        db.flush()
        reference: str = db.scalars(select(Intake.reference).where(Intake.id.not_in(before))).one()
        db.commit()
    return reference
