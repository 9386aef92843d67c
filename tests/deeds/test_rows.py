"""What lists and pages read of a session in columns is what stands in its rows, each thing in its place."""

from datetime import UTC, date, datetime

import pytest

import make
from auth.states import Area
from bookings.queries.rows import ROWS, row_of, session_rows, sessions_with_course
from courses import queries, shown
from courses.models import CourseSession
from courses.states import Kind, Publicity
from lararportal.errors import NotFound

LONG_AGO, LAST_WEEK = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def session(db) -> CourseSession:
    """One that has something else in every column."""
    course = make.course(db, title="Hud", kind=Kind.CLINICAL, targets={"ST": 1, "SPEC": 0}, swap_rings=False)
    return make.session(
        db,
        of=course,
        days=[date(2027, 4, 5), date(2027, 4, 6)],
        place="Skövde, Billingehus",
        area=Area.SKARABORG,
        seats=7,
        seats_taken=9,
        seats_offered=1,
        seats_over=3,
        minimum=4,
        prepare_by=date(2027, 3, 1),
        programme=[{"day": 1, "at": "09:00", "title": "Start", "teacher": ""}],
        moved_at=LONG_AGO,
        booking_closed_at=LAST_WEEK,
        booking_closed_reason="Lokalen byts",
        publicity=Publicity.CALLED_OFF,
    )


def test_a_row_read_in_columns_is_the_one_of_the_session(db, session):
    one = CourseSession.id == session.id

    assert session_rows(db, ROWS.where(one)) == [row_of(db.scalars(sessions_with_course().where(one)).one())]


def test_the_page_of_a_session_reads_what_stands_in_its_rows(db, session):
    seen = shown.session(db, session.id)
    session = queries.session(db, session.id)

    assert {name: value for name, value in seen._asdict().items() if name not in ("course", "days")} == {
        name: getattr(session, name) for name in seen._fields if name not in ("course", "days")
    }
    assert seen.course._asdict() == {name: getattr(session.course, name) for name in seen.course._fields}
    assert [(each.day, each.starts, each.ends) for each in seen.days] == [
        (each.day, each.starts, each.ends) for each in session.days
    ]
    derived = ("course_id", "dates")
    assert [getattr(seen, name) for name in derived] == [getattr(session, name) for name in derived]


def test_the_page_of_no_session_is_not_found(db):
    with pytest.raises(NotFound):
        shown.session(db, 1)
