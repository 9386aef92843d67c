"""What is shown of the needs: numbers for the caterer, and for who prepares the room who needs what."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person
from courses.models import Need
from courses.states import Diet


@dataclass(frozen=True)
class Needs:
    """What is needed in a session by those who have a seat in it."""

    seated: int
    diets: Mapping[Diet, int]
    other_food: list[str]
    """What the usual diets do not say, each as it was written, in the order of the alphabet: that names nobody."""
    access: list[tuple[str, str]]
    """Who needs what to take part, by name."""


def of_session(db: Session, session_id: int, people: Collection[int]) -> Needs:
    """What these people have said."""
    rows = db.execute(
        select(Need, Person)
        .join(Person, Person.id == Need.person_id)
        .where(Need.session_id == session_id, Need.person_id.in_(people))
        .order_by(*BY_NAME)
    ).all()
    counted = Counter(diet for need, _ in rows for diet in need.diets)
    return Needs(
        seated=len(people),
        diets={diet: counted[diet] for diet in Diet if counted[diet]},
        other_food=sorted(need.other_food for need, _ in rows if need.other_food),
        access=[(person.name, need.access) for need, person in rows if need.access],
    )
