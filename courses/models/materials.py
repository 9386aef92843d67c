"""Files and links that belong to a session."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.states import MaterialShown
from lararportal.db import Base


class Material(Base):
    """A file or a link for who has a seat in a session, or the file of a part of the preparation of a course.

    Of one that is removed the row is left, and no file.
    """

    __tablename__ = "materials"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("preparation_parts.id"), doc="Of which it is the file.")
    title: Mapped[str] = mapped_column(String(200))
    shown: Mapped[MaterialShown]
    address: Mapped[str] = mapped_column(String(500), default="", doc="Of a link.")
    media_type: Mapped[str] = mapped_column(String(100), default="", doc="Of a file, known by what is in it.")
    size: Mapped[int | None] = mapped_column(doc="Bytes of a file.")
    sha256: Mapped[str] = mapped_column(String(64), default="", doc="Of a file, in hexadecimal.")
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint(
            "(address = '') = (media_type <> '') AND (media_type <> '') = (size IS NOT NULL)"
            " AND (media_type <> '') = (sha256 <> '')",
            name="kind",
        ),
        CheckConstraint("num_nonnulls(session_id, part_id) = 1 AND (part_id IS NULL OR size IS NOT NULL)", name="of"),
        Index("uq_materials_part", "part_id", unique=True, postgresql_where=text("removed_at IS NULL")),
    )


class MaterialFile(Base):
    """What is in a file. It is nothing private, and is kept as it came."""

    __tablename__ = "material_files"

    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
