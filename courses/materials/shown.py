"""Who may see which material of a session, and what is in it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.days.half_days import halves_of
from courses.models import CourseSession, Material, MaterialFile
from courses.rules.materials import is_shown
from lararportal.errors import NotFound


def of_session(db: Session, session_id: int) -> list[Material]:
    """All that the session has, in the order in which it was added: for who leads it, and coordinators."""
    there = (Material.session_id == session_id) & Material.removed_at.is_(None)
    return list(db.scalars(select(Material).where(there).order_by(Material.id)))


def for_participants(db: Session, session: CourseSession, *, now: datetime) -> list[Material]:
    """What somebody with a seat may see of it now."""
    ends = halves_of(session)[-1].ends
    return [each for each in of_session(db, session.id) if is_shown(each.shown, ends=ends, now=now)]


def of_parts(db: Session, parts: Collection[int]) -> dict[int, Material]:
    """The files of these parts of the preparation, by part."""
    there = (Material.part_id.in_(parts), Material.removed_at.is_(None))
    return {each.part_id: each for each in db.scalars(select(Material).where(*there)) if each.part_id is not None}


def content_of(db: Session, materials: list[Material], material_id: int) -> tuple[Material, bytes]:
    """One of these, and what is in its file.

    Raises:
        NotFound: it is none of them, or a link.
    """
    found = next((each for each in materials if each.id == material_id), None)
    file = db.get(MaterialFile, material_id)
    if found is None or file is None:
        raise NotFound
    return found, file.content


def content_of_part(db: Session, part_id: int) -> tuple[Material, bytes]:
    """The file of a part of the preparation, and what is in it.

    Raises:
        NotFound: it has none.
    """
    found = of_parts(db, [part_id])
    return content_of(db, list(found.values()), found[part_id].id if found else 0)
