"""The days of a session, in the order they come, in the same statement as what else is read of it."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import NULLTYPE

from courses.models import CourseDay, CourseSession


def in_order(column: Any) -> ColumnElement[Any]:
    """What stands in a column of all the days that are read, one after the other, as a list.

    The list is as the driver reads it: it knows what is in it, and nobody need look at each once more.
    """
    return func.array_agg(aggregate_order_by(column, CourseDay.day), type_=NULLTYPE)


DAYS_IN_ORDER = (
    select(in_order(CourseDay.day))
    .where(CourseDay.session_id == CourseSession.id)
    .correlate(CourseSession)
    .scalar_subquery()
)
"""The days of each session of a statement, as a column of it."""
