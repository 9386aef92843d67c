"""What a measurement needs beside a term: sessions with seats left over, doctors who are new, and their sign-ins."""

import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count

from flask import Flask
from load_portal import Place
from sqlalchemy import insert, select

from auth import login_sessions
from auth.models import Person
from auth.states import Area, Category, Standing
from courses import sessions
from courses.models import Course
from courses.rules import default_dates
from courses.states import Publicity
from lararportal import clock
from lararportal.app import create_app
from lararportal.demo import Term
from lararportal.demo.cast import OLLE
from lararportal.demo.dates import days_near, hours

TALKED_ABOUT = ("OB02", "OB05", "OB08")
"""The courses whose left-over seats are opened on the day of the load."""
SOONEST, WEEKS = 14, 30
"""The weeks ahead in which they are given."""
A_YEAR = timedelta(days=365)

_sessions, _doctors = count(), count(1)


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def open_seats(
    place: Place, term: Term, number: int, *, seats: int, now: datetime, among: Sequence[str] = TALKED_ABOUT
) -> list[int]:
    """So many sessions with seats that no round gives, of some courses in turns, week after week."""
    olle = term.cast.colleague(OLLE).id
    opened = []
    with place.database.transaction() as db:
        courses = db.scalars(select(Course).where(Course.code.in_(among)).order_by(Course.code)).all()
        for turn in (next(_sessions) for _ in range(number)):
            course = courses[turn % len(courses)]
            days = hours(days_near(clock.day_of(now), 7 * (SOONEST + turn % WEEKS), course.day_count))
            dates = default_dates(days)
            planned = sessions.plan(
                db,
                course_id=course.id,
                days=days,
                place=f"Göteborg, Konferens Aspen {turn + 1}",
                area=Area.GOTEBORG,
                seats=seats,
                minimum=0,
                leader_ids=[],
                cancel_by=dates.cancel_by,
                go_no_go_on=dates.go_no_go_on,
                prepare_by=None,
                now=now,
                by=olle,
            )
            sessions.publish(db, session_id=planned.id, now=now, by=olle)
            opened.append(planned.id)
    return opened


def for_residents(place: Place) -> Sequence[str]:
    """The courses that residents come to: so many sessions of three of them would be more than a course ever has."""
    with place.database.transaction() as db:
        wanted = select(Course.code).where(Course.targets.has_key("ST"), Course.publicity == Publicity.PUBLISHED)
        return db.scalars(wanted.order_by(Course.code)).all()


def newcomers(place: Place, number: int, *, now: datetime) -> list[int]:
    """So many residents who are confirmed, and have neither seat nor wish."""
    today = clock.day_of(now)
    facts = {
        "category": Category.ST_2021,
        "area": Area.GOTEBORG,
        "workplace": "Vårdcentralen Eken",
        "residency_start": date(today.year - 3, 1, 1),
        "planned_end": date(today.year + 2, 7, 1),
        "standing": Standing.CONFIRMED,
        "created_at": now - A_YEAR,
    }
    named = [
        {"given_name": "Doktor", "family_name": f"Ny{each}", "email": f"ny{each}@example.org", **facts}
        for each in (next(_doctors) for _ in range(number))
    ]
    with place.database.transaction() as db:
        return list(db.scalars(insert(Person).returning(Person.id), named))


def cookies(place: Place, persons: Sequence[int], *, now: datetime) -> list[str]:
    """What the browsers of these persons carry after a sign-in, as the portal's own code makes and signs it."""
    app = create_app(place.settings)
    with place.database.transaction() as db:
        tokens = [
            login_sessions.begin(db, person_id=each, provider=place.settings.providers[0].name, id_token="", now=now)
            for each in persons
        ]
    return [_signed(app, each) for each in tokens]


def _signed(app: Flask, token: str) -> str:
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None
    return signer.dumps({login_sessions.COOKIE_KEY: token})
