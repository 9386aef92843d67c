"""All that is held of somebody, for themselves: every table that speaks of a person, whichever room it stands in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from auth import personal_numbers
from auth.models import IdentityPutAside, LoginSession, Person
from bookings.models import Application, Choice
from lararportal.db import Base
from lararportal.journal import Entry
from lararportal.personal_number import HIDDEN

SECRETS = frozenset({"sealed", "imprint", "token_hash", "salt", "id_token", "sid", "bound_to", "message_id"})
"""What opens something, or is kept so that nobody can read it."""

TRACE = "trace"
"""The fact of an entry that is a hash."""

OTHERS = frozenset(
    {
        *("invited_by", "granted_by", "revoked_by", "made_by", "funded_by", "asked_by", "noted_by", "decided_by"),
        *("by", "signatory_id", "reply_to"),
    }
)
"""Who else did something: their names are theirs."""

OF_OTHERS = frozenset(
    {
        *(
            "audits",
            "course_sessions",
            "maskings",
            "minimum_steps",
            "question_forms",
            "reflections",
            "reviews",
            "rounds",
        ),
        "runs",
    }
)
"""Tables that name somebody only for what they did in their office, which the journal has too."""

ELSEWHERE = frozenset({"persons", "journal", "choices", "identities_put_aside"})
"""What is read in a way of its own."""


def own_data(db: Session, person_id: int) -> dict[str, Any]:
    """The document: what is held of the person, by table, each in the order in which it came to be."""
    person = db.get_one(Person, person_id)
    of_person = {table.name: _rows(db, table, table.c.person_id == person_id) for table in tables()}
    applied = select(Application.id).where(Application.person_id == person_id)
    signed_in = select(LoginSession.id).where(LoginSession.person_id == person_id)
    choices, waiting = Base.metadata.tables["choices"], Base.metadata.tables["identities_put_aside"]
    return {
        "person": _told(person.__table__.columns, [getattr(person, each.key) for each in person.__table__.columns]),
        "personal_number": personal_numbers.mask_of(db, person_id),
        **of_person,
        "choices": _rows(db, choices, Choice.application_id.in_(applied)),
        "identities_put_aside": _rows(db, waiting, IdentityPutAside.login_session_id.in_(signed_in)),
        "journal": _journal(db, person_id),
    }


def tables() -> list[Table]:
    """The tables whose rows belong to one person."""
    found = [each for each in Base.metadata.sorted_tables if "person_id" in each.columns]
    return [each for each in found if each.name not in ELSEWHERE]


def _rows(db: Session, table: Table, where: Any) -> list[dict[str, Any]]:
    columns = [each for each in table.columns if each.name not in SECRETS | OTHERS]
    rows = db.execute(select(*columns).where(where).order_by(*table.primary_key.columns))
    return [_without_numbers(_told(columns, row)) for row in rows]


def _without_numbers(row: dict[str, Any]) -> dict[str, Any]:
    """The row, without what an identity is found by whose kind is the personal number, or the number itself."""
    return row | {"value": HIDDEN} if row.get("kind") == personal_numbers.KIND else row


def _journal(db: Session, person_id: int) -> list[dict[str, Any]]:
    """What was put down of the person; who did it is told as far as it was themselves, the portal, or the staff."""
    entries = db.scalars(select(Entry).where(Entry.person_id == person_id).order_by(Entry.id))
    who = {person_id: "oneself", None: "portal"}
    return [
        {"at": each.at.isoformat(), "deed": each.deed, "by": who.get(each.by, "staff"), "facts": _facts(each)}
        for each in entries
    ]


def _facts(entry: Entry) -> dict[str, Any]:
    return {name: each for name, each in entry.facts.items() if name != TRACE}


def _told(columns: Sequence[Column[Any]] | Any, values: Sequence[Any]) -> dict[str, Any]:
    return {column.name: _plain(value) for column, value in zip(columns, values, strict=True)}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping | list | str | int | float | bool) or value is None:
        return value
    return str(value)
