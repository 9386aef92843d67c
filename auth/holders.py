"""Who holds a role: as a condition in a statement about people, and all of them, for a letter that each has."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.states import Role


def holds(role: Role) -> ColumnElement[bool]:
    """Of a person: they hold it, in whatever area."""
    return Person.id.in_(select(Grant.person_id).where(Grant.role == role))


def everybody_with(db: Session, role: Role) -> list[Person]:
    """All who hold it, each once."""
    return list(db.scalars(select(Person).where(holds(role)).order_by(Person.id)))
