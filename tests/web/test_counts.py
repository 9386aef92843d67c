"""What is asked for most takes no more statements than this; how long it takes is what `make bench` shows."""

from datetime import date

import pytest
from sqlalchemy import select

import make
from bookings import left_over_seats, waitlist
from lararportal.outbox import Letter

FREE, FULL, OTHER, SISTER, HELD, WAITED, GIVEN = (date(2027, month, 10) for month in range(4, 11))
DOCTOR = {
    "/tillfallen/{free}": 3,
    "/tillfallen/{full}": 3,
    "/tillfallen/{held}": 3,
    "/tillfallen/{waited}": 3,
    "/tillfallen/{given}": 5,
    "/kurser": 3,
    "/kurser/{course}": 5,
    "/": 4,
    "POST /tillfallen/{free}/boka": 6,
    "POST /tillfallen/{full}/boka": 5,
    "/mina-kurser": 5,
}
OFFICE = {
    "/samordning": 11,
    "/samordning/tillfallen": 4,
    "/samordning/tillfallen/{full}": 5,
    "/samordning/journal": 2,
    "/samordning/brev": 3,
    "/samordning/brev/{letter}": 4,
    "/personer": 3,
}


def book(db, session, person, *, now) -> None:
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_and_bookings_take_no_more_statements_than_before_however_much_there_is(db, visit, now, queries, rows):
    anna, course = make.person(db), make.course(db, seats=1)
    free, full = make.session(db, days=[FREE]), make.session(db, of=course, days=[FULL])
    book(db, full, make.person(db), now=now)
    for number in range(rows):
        book(db, full, make.person(db), now=now)
        book(db, make.session(db, days=[OTHER.replace(day=10 + number)]), anna, now=now)
        make.session(db, of=course, days=[SISTER.replace(day=10 + number)])
    letter = db.scalars(select(Letter.id)).first()
    lined = make.course(db, seats=1)
    held, waited = (make.session(db, of=lined, days=[day]) for day in (HELD, WAITED))
    book(db, held, anna, now=now)
    book(db, waited, make.person(db), now=now)
    waitlist.join(db, session_id=waited.id, person_id=anna.id, now=now, by=anna.id)
    names = {"free": free.id, "full": full.id, "held": held.id, "waited": waited.id}
    given = make.session(db, days=[GIVEN], minimum=2)
    make.round_of(db, given)
    names |= {"given": given.id, "course": course.code, "letter": letter}
    taken, to_translate = {}, set()
    for browser, asked in ((visit(anna), DOCTOR), (visit(make.coordinator(db)), OFFICE)):
        for what in asked:
            path = what.removeprefix("POST ").format(**names)
            db.expunge_all()
            queries.reset()
            answer = browser.post(path) if what.startswith("POST") else browser.get(path)
            taken[what] = queries.count
            to_translate |= {each for each in queries.statements if "%(" in each}
            assert answer.status_code == (302 if what.startswith("POST") else 200)

    assert {what: count for what, count in taken.items() if count > (DOCTOR | OFFICE)[what]} == {}
    assert to_translate == set()
