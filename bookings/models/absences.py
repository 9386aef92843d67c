"""What becomes of the price of a seat whose holder was never there."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from courses.states import Absence
from lararportal.db import Base


class AbsenceCharge(Base):
    """From a day on a seat that was put down for the invoices counts as this; the last row of a seat holds.

    Rows are added and never changed, so that a period that has been invoiced stays as it was.
    """

    __tablename__ = "absence_charges"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    on: Mapped[date] = mapped_column(Date, index=True)
    absence: Mapped[Absence | None] = mapped_column(doc="None: they were there after all.")
    percent: Mapped[int | None] = mapped_column(
        SmallInteger, doc="So much more of the course's fee than before, or less; None is recorded only."
    )

    __table_args__ = (CheckConstraint("percent BETWEEN -100 AND 100", name="percent"),)
