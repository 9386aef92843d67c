"""Adding material to a session, and taking it away."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from courses import reach
from courses.models import Material, MaterialFile
from courses.rules import materials as rules
from courses.states import MaterialShown, Refusal
from lararportal import journal
from lararportal.errors import NotFound, Refused


def add_link(
    db: Session, *, session_id: int, title: str, shown: MaterialShown, address: str, now: datetime, by: int
) -> Material:
    """The session has one more link.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
        Refused: it has as much as a session can have.
    """
    made = Material(session_id=session_id, title=title, shown=shown, address=address, added_at=now)
    return _add(db, made, now=now, by=by)


def add_file(
    db: Session, *, session_id: int, title: str, shown: MaterialShown, content: bytes, now: datetime, by: int
) -> Material:
    """The session has one more file.

    Raises:
        NotFound: as for `add_link`.
        Refused: as there, or it is too large, or of no kind that is taken.
    """
    if len(content) > rules.LARGEST:
        raise Refused(Refusal.MATERIAL_TOO_LARGE)
    media_type = rules.media_type_of(content)
    if isinstance(media_type, Refusal):
        raise Refused(media_type)
    made = Material(session_id=session_id, title=title, shown=shown, media_type=media_type, added_at=now)
    made.size, made.sha256 = len(content), hashlib.sha256(content).hexdigest()
    _add(db, made, now=now, by=by)
    db.add(MaterialFile(material_id=made.id, content=content))
    db.flush()
    return made


def remove(db: Session, *, session_id: int, material_id: int, now: datetime, by: int) -> Material:
    """Nobody can open it any more, and of a file the content is gone.

    Raises:
        NotFound: as for `add_link`, or the session has no such material.
    """
    reach.session_of(db, session_id=session_id, by=by)
    found = db.get(Material, material_id, populate_existing=True)
    if found is None or found.session_id != session_id or found.removed_at is not None:
        raise NotFound
    found.removed_at = now
    db.execute(delete(MaterialFile).where(MaterialFile.material_id == material_id))
    journal.note(db, "material.removed", now=now, by=by, session=session_id, material=material_id, title=found.title)
    return found


def _add(db: Session, made: Material, *, now: datetime, by: int) -> Material:
    reach.session_of(db, session_id=made.session_id, by=by)
    there = (Material.session_id == made.session_id) & Material.removed_at.is_(None)
    if (db.scalar(select(func.count(Material.id)).where(there)) or 0) >= rules.MOST:
        raise Refused(Refusal.TOO_MUCH_MATERIAL)
    db.add(made)
    db.flush()
    said = {name: getattr(made, name) for name in ("title", "shown", "address", "media_type", "size", "sha256")}
    journal.note(db, "material.added", now=now, by=by, session=made.session_id, material=made.id, **said)
    return made
