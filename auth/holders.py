"""Who holds a role: as a condition in a statement about people, and all of them; and what it lets somebody decide."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.rules import Powers
from auth.states import Role


def holds(role: Role) -> ColumnElement[bool]:
    """Of a person: they hold it, in whatever area."""
    return Person.id.in_(select(Grant.person_id).where(Grant.role == role))


def everybody_with(db: Session, role: Role) -> list[Person]:
    """All who hold it, each once."""
    return list(db.scalars(select(Person).where(holds(role)).order_by(Person.id)))


def powers(db: Session, person_id: int) -> Powers:
    """What somebody may decide about others."""
    grants = db.scalars(select(Grant).where(Grant.person_id == person_id)).all()
    return Powers(
        person_id=person_id,
        roles=frozenset(held.role for held in grants),
        areas=frozenset(held.area for held in grants if held.area is not None),
    )
