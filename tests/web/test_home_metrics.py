"""What those who watch over the portal are told: of rows and queue when they ask, of requests so far."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bookings_room import place, seat
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY, CollectorRegistry
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import make
from auth.access import public
from bookings.states import BookingState, Refusal
from lararportal import clock, edge, heartbeat, journal, measures
from lararportal.config import Settings, SettingsError, from_environment
from lararportal.db import Database, connect
from lararportal.edge import QUEUE, Installation
from lararportal.errors import Refused, Undone
from lararportal.outbox import Letter, LetterState
from lararportal.seals import seal_batch

NOBODY = "postgresql://nobody:hidden@127.0.0.1:1/nothing"


def told(registry: CollectorRegistry) -> dict[str, float]:
    """Every measure by its name and the words of its labels."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
    }


def letters(db: Session, number: int, state: LetterState, *, age: timedelta) -> None:
    at = clock.now() - age
    db.add_all(
        Letter(
            once=f"{state}:{each}:{age}",
            occasion="test",
            person_id=1,
            address="doctor@example.org",
            subject="Letter",
            body="Text",
            calendars=[],
            message_id=f"<{each}@test>",
            state=state,
            created_at=at,
            next_attempt_at=at,
        )
        for each in range(number)
    )


def test_the_state_of_rows_queue_and_tick_is_told(installation: Installation, db: Session, redis: Redis):
    now = clock.now()
    day = clock.day_of(now) + timedelta(days=90)
    full, open_, over = (make.session(db, seats=3, days=[day + timedelta(days=each)]) for each in (0, 1, -200))
    doctors = [make.person(db) for _ in range(5)]
    for doctor in doctors[:3]:
        seat(db, full, doctor)
    place(db, full, doctors[3])
    place(db, full, doctors[4], state=BookingState.ASKED, answer_by=now + timedelta(hours=1))
    place(db, open_, doctors[3], state=BookingState.OFFERED, answer_by=now - timedelta(minutes=2))
    open_.seats_offered = 1
    place(db, open_, doctors[4])
    place(db, over, doctors[4])
    place(db, over, doctors[3], state=BookingState.LEFT)
    place(db, over, doctors[2], state=BookingState.MUST_CHOOSE, answer_by=now - timedelta(minutes=2))
    letters(db, 2, LetterState.QUEUED, age=timedelta(minutes=7))
    letters(db, 3, LetterState.SENT, age=timedelta(days=1))
    letters(db, 1, LetterState.FAILED, age=timedelta(days=2))
    letters(db, 2, LetterState.QUEUED, age=timedelta(days=3))
    old = db.scalars(select(Letter).where(Letter.created_at < now - timedelta(days=2, hours=1))).all()
    old[0].refused_at, old[1].sent_again_at = now, now - timedelta(minutes=1)
    heartbeat.beat(db, "tick", now=now - timedelta(seconds=90))
    journal.note(db, "audit.done", now=now - timedelta(minutes=20), by=None)
    db.flush()
    seal_batch(db, upto=db.scalar(text("SELECT max(id) FROM journal")), now=now)
    journal.note(db, "audit.done", now=now - timedelta(minutes=10), by=None)
    db.flush()
    Queue(QUEUE, connection=redis, serializer=JSONSerializer).enqueue("lararportal.workers.see_to_it")

    found = told(measures.registry(installation, moment=clock.now))

    ages = ("tick_age", "letter_oldest", "journal_unsealed")
    assert [found.pop(f"lararportal_{each}_seconds") for each in ages] == [
        pytest.approx(age, abs=30) for age in (90, 420, 600)
    ]
    bookings = {
        "waiting": 3, "asked": 1, "offered": 1, "booked": 3, "left": 1,
        "cancelled": 0, "moved": 0, "declined": 0, "lapsed": 0, "called_off": 0,
        "must_choose": 1, "unfunded": 0,
    }  # fmt: skip
    assert found == {
        **{f"lararportal_well {part}": 1 for part in ("database", "migrations", "redis", "tick")},
        **{f"lararportal_bookings {state}": number for state, number in bookings.items()},
        "lararportal_offers_overdue": 2,
        "lararportal_lines": 2,
        "lararportal_line_seats free": 2,
        "lararportal_line_seats offered": 1,
        "lararportal_letters queued": 3,
        "lararportal_letters refused": 1,
        "lararportal_letters sent": 3,
        "lararportal_letters failed": 1,
        "lararportal_queue_jobs queued": 1,
        "lararportal_queue_jobs started": 0,
        "lararportal_queue_jobs failed": 0,
        "lararportal_workers": 0,
    }


def test_one_look_at_the_rows_is_few_statements_however_many_there_are(
    installation: Installation, db: Session, queries
):
    session = make.session(db)
    counts = []
    for _ in range(2):
        place(db, session, make.person(db))
        letters(db, len(counts), LetterState.SENT, age=timedelta())
        db.flush()
        queries.reset()
        told(measures.registry(installation, moment=clock.now))
        counts.append(queries.count)

    assert counts[0] == counts[1] <= 8


def test_what_cannot_be_asked_is_left_out_and_said_to_be_away(settings: Settings):
    away = Installation(
        settings=settings,
        database=Database(connect(NOBODY), portal_url="http://p"),
        redis=Redis.from_url("redis://127.0.0.1:1"),
    )

    assert told(measures.registry(away, moment=clock.now)) == {
        f"lararportal_well {part}": 0 for part in ("database", "migrations", "redis", "tick")
    }


def test_the_portal_itself_tells_nobody(client: FlaskClient):
    assert client.get("/metrics").status_code == 404


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_route_and_not_by_address(client: FlaskClient):
    def seen() -> list[float]:
        route = {"method": "GET", "route": "/tillfallen/<int:session_id>"}
        return [
            counted("lararportal_requests_total", status="404", **route),
            counted("lararportal_request_seconds_count", **route),
            counted("lararportal_requests_total", method="other", route="none", status="404"),
        ]

    before = seen()
    client.get("/tillfallen/900001")
    client.get("/tillfallen/900002")
    client.open("/finns-inte", method="INVENTED")

    assert [now - then for now, then in zip(seen(), before, strict=True)] == [2, 2, 1]


def test_what_is_answered_before_any_view_is_counted_and_named_too(own_app: Flask):
    own_app.config["WTF_CSRF_ENABLED"] = True
    posted = {"method": "POST", "route": "/logga-ut"}
    before = counted("lararportal_request_seconds_sum", **posted)

    answer = own_app.test_client().post("/logga-ut")

    assert answer.status_code == 400
    assert "ärendenummer" in answer.text
    assert counted("lararportal_request_seconds_sum", **posted) > before


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "done"),
        (Refused(Refusal.SESSION_FULL), "session_full"),
        (Undone("connection"), "undone"),
        (RuntimeError("planted"), "fault"),
    ],
    ids=str,
)
def test_deeds_are_counted_by_page_and_how_they_ended(own_app: Flask, fault: Exception | None, outcome: str):
    def view() -> str:
        with edge.deed():
            if fault:
                raise fault
        return ""

    own_app.add_url_rule("/test", f"test.{outcome}", public(view))
    database = own_app.extensions["lararportal"].database
    database.patience = replace(database.patience, attempts=1)
    own_app.test_client().get("/test")

    assert counted("lararportal_deeds_total", page=f"test.{outcome}", outcome=outcome) == 1


def test_a_folder_for_counters_that_does_not_exist_stops_the_start():
    with pytest.raises(SettingsError, match="PROMETHEUS_MULTIPROC_DIR: there is no such folder"):
        from_environment({"PROMETHEUS_MULTIPROC_DIR": "/nowhere/at/all"})
