import gc
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from lararportal import clock, heartbeat
from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.edge import Installation
from lararportal.home import readiness
from lararportal.web import Server

NOBODY = "postgresql://nobody:hidden@127.0.0.1:1/nothing"


@pytest.fixture
def place(app: Flask) -> Installation:
    return app.extensions["lararportal"]


def test_a_process_that_is_up_says_so_without_asking_anybody(settings: Settings):
    away = Installation(
        settings=settings,
        database=Database(connect(NOBODY), portal_url="http://p"),
        redis=Redis.from_url("redis://127.0.0.1:1"),
    )

    answer = create_app(settings, away).test_client().get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_what_the_web_processes_share_is_left_alone_by_the_collector_of_garbage(settings: Settings):
    before = gc.get_freeze_count()

    app = Server(settings, bind="127.0.0.1:0", processes=1).load()

    # What the tests share is left alone already; an application of one's own is thousands of things more.
    assert (callable(app), gc.get_freeze_count() > before + 1000) == (True, True)


def test_ready_when_all_parts_are_well(client: FlaskClient, db: Session):
    heartbeat.beat(db, "tick", now=clock.now())
    db.flush()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"database": "ok", "migrations": "ok", "redis": "ok", "tick": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_not_ready_before_the_first_tick(client: FlaskClient):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"database": "ok", "migrations": "ok", "redis": "ok", "tick": "never"}


@pytest.mark.parametrize(
    ("rested", "word"), [(timedelta(minutes=5), "ok"), (timedelta(minutes=5, seconds=1), "late")]
)
def test_the_tick_may_rest_five_minutes(
    place: Installation, db: Session, now: datetime, rested: timedelta, word: str
):
    heartbeat.beat(db, "tick", now=now - rested)
    db.flush()

    assert readiness(place, now=now)["tick"] == word


def test_not_ready_without_redis(place: Installation, db: Session, now: datetime):
    heartbeat.beat(db, "tick", now=now)
    db.flush()
    away = replace(place, redis=Redis.from_url("redis://127.0.0.1:1"))

    assert readiness(away, now=now) == {"database": "ok", "migrations": "ok", "redis": "down", "tick": "ok"}


def test_not_ready_without_the_database_and_no_word_of_where_it_is(settings: Settings, redis: Redis):
    away = Installation(settings=settings, database=Database(connect(NOBODY), portal_url="http://p"), redis=redis)

    answer = create_app(settings, away).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"database": "down", "migrations": "unknown", "redis": "ok", "tick": "unknown"}
    assert "hidden" not in answer.text


def test_not_ready_while_migrations_are_behind_but_while_an_upgrade_has_moved_them_ahead(
    settings: Settings, redis: Redis, fresh_database_url: str, now: datetime
):
    engine = connect(fresh_database_url)
    place = Installation(settings=settings, database=Database(engine, portal_url="http://p"), redis=redis)

    def found(moved: str) -> dict[str, str]:
        with engine.begin() as connection:
            connection.execute(text(moved))
        return readiness(place, now=now)

    behind = {"database": "ok", "migrations": "behind", "redis": "ok", "tick": "unknown"}
    assert found("UPDATE alembic_version SET version_num = 'of a later version'")["migrations"] == "ok"
    assert found("UPDATE alembic_version SET version_num = '0001'") == behind
    assert found("DELETE FROM alembic_version") == behind
    engine.dispose()
