"""Adding material to a session, and taking it away; and the file of a part of the preparation."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from courses import reach
from courses.models import Material, MaterialFile, PreparationPart
from courses.rules import materials as rules
from courses.states import MaterialShown, Refusal
from lararportal import journal
from lararportal.errors import NotFound, Refused, insist


def add_link(
    db: Session, *, session_id: int, title: str, shown: MaterialShown, address: str, now: datetime, by: int
) -> Material:
    """The session has one more link.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
        Refused: it has as much as a session can have.
    """
    made = Material(title=title, shown=shown, address=address, added_at=now)
    return _add(db, made, session_id=session_id, now=now, by=by)


def add_file(
    db: Session, *, session_id: int, title: str, shown: MaterialShown, content: bytes, now: datetime, by: int
) -> Material:
    """The session has one more file.

    Raises:
        NotFound: as for `add_link`.
        Refused: as there, or it is too large, or of no kind that is taken.
    """
    made = _of_file(content, title=title, shown=shown, now=now)
    _add(db, made, session_id=session_id, now=now, by=by)
    _keep(db, made, content)
    return made


def put_on_part(db: Session, part: PreparationPart, *, content: bytes, now: datetime, by: int) -> Material:
    """This is the file of a part of the preparation, which is held, instead of the one before.

    Raises:
        Refused: it is too large, or of no kind that is taken.
    """
    made = _of_file(content, title=part.title, shown=MaterialShown.ALWAYS, now=now)
    take_off_part(db, part, now=now, by=by)
    made.part_id = part.id
    db.add(made)
    db.flush()
    _note_added(db, made, now=now, by=by, part=part.id)
    _keep(db, made, content)
    return made


def take_off_part(db: Session, part: PreparationPart, *, now: datetime, by: int) -> None:
    """The part, which is held, has no file; if it had none, nothing happens."""
    there = (Material.part_id == part.id) & Material.removed_at.is_(None)
    found = db.scalars(select(Material).where(there).execution_options(populate_existing=True)).one_or_none()
    if found is not None:
        _take_away(db, found, now=now, by=by, part=part.id)


def remove(db: Session, *, session_id: int, material_id: int, now: datetime, by: int) -> Material:
    """Nobody can open it any more, and of a file the content is gone.

    Raises:
        NotFound: as for `add_link`, or the session has no such material.
    """
    reach.session_of(db, session_id=session_id, by=by)
    found = db.get(Material, material_id, populate_existing=True)
    if found is None or found.session_id != session_id or found.removed_at is not None:
        raise NotFound
    _take_away(db, found, now=now, by=by, session=session_id)
    return found


def _of_file(content: bytes, *, title: str, shown: MaterialShown, now: datetime) -> Material:
    insist(rules.fault_of(content))
    made = Material(title=title, shown=shown, media_type=str(rules.media_type_of(content)), added_at=now)
    made.size, made.sha256 = len(content), hashlib.sha256(content).hexdigest()
    return made


def _keep(db: Session, made: Material, content: bytes) -> None:
    db.add(MaterialFile(material_id=made.id, content=content))
    db.flush()


def _take_away(db: Session, found: Material, *, now: datetime, by: int, **of: int) -> None:
    found.removed_at = now
    db.execute(delete(MaterialFile).where(MaterialFile.material_id == found.id))
    journal.note(db, "material.removed", now=now, by=by, material=found.id, title=found.title, **of)
    db.flush()


def _add(db: Session, made: Material, *, session_id: int, now: datetime, by: int) -> Material:
    reach.session_of(db, session_id=session_id, by=by)
    there = (Material.session_id == session_id) & Material.removed_at.is_(None)
    if (db.scalar(select(func.count(Material.id)).where(there)) or 0) >= rules.MOST:
        raise Refused(Refusal.TOO_MUCH_MATERIAL)
    made.session_id = session_id
    db.add(made)
    db.flush()
    _note_added(db, made, now=now, by=by, session=session_id)
    return made


def _note_added(db: Session, made: Material, *, now: datetime, by: int, **of: int) -> None:
    said = {name: getattr(made, name) for name in ("title", "shown", "address", "media_type", "size", "sha256")}
    journal.note(db, "material.added", now=now, by=by, material=made.id, **of, **said)
