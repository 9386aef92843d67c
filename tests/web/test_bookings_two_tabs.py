"""Two coordinators, or two tabs, change the same round: nothing is undone unseen."""

from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from courses_desk import form_of
from sqlalchemy import select

import make
from bookings.lottery_plan import PublicSource
from bookings.models import Round, RoundSession
from bookings.states import PublicKind, RoundState
from lararportal import clock

MEANWHILE = "Uppgifterna har ändrats sedan du öppnade sidan."
LATE = clock.parse("2027-02-15T12:00")


@pytest.fixture
def olle(db, visit):
    """A coordinator's browser."""
    return visit(make.coordinator(db))


@pytest.fixture
def session(db):
    return make.session(db)


@pytest.fixture(params=[RoundState.PLANNED, RoundState.OPEN])
def path(request, db, session):
    """The form of a round, as it is before the round opens and after."""
    source = PublicSource(kind=PublicKind.DRAND, at=LATE + timedelta(hours=1)).in_full
    facts = {"closes_at": LATE, "decision_on": date(2027, 2, 20), "public_source": source}
    round_ = make.round_of(db, session, state=request.param, **facts)
    return f"/samordning/omgangar/{round_.id}/andra"


def the_round(db) -> Round:
    db.expire_all()
    return db.scalars(select(Round)).one()


def test_a_round_that_was_changed_meanwhile_is_not_saved_unseen(db, olle, path):
    one, other = form_of(olle.get(path)), form_of(olle.get(path))
    assert olle.post(path, data=one | {"title": "Våren"}).status_code == 302

    answer = olle.post(path, data=other | {"cap": "6"})

    assert (answer.status_code, MEANWHILE in words_of(answer)) == (409, True)
    assert (form_of(answer)["cap"], form_of(answer)["title"]) == ("6", "Vårterminen 2027")
    assert (the_round(db).title, the_round(db).cap) == ("Våren", 4)


def test_who_has_been_told_may_save_all_the_same(db, olle, path):
    one, other = form_of(olle.get(path)), form_of(olle.get(path))
    olle.post(path, data=one | {"title": "Våren"})
    told = form_of(olle.post(path, data=other | {"cap": "6"}))

    # The second is the same button again.
    assert [olle.post(path, data=told).status_code for _ in range(2)] == [302, 302]
    assert (the_round(db).title, the_round(db).cap) == ("Vårterminen 2027", 6)


def test_a_session_that_was_added_meanwhile_is_a_change_too(db, olle, path, session):
    more = make.session(db)
    one, other = form_of(olle.get(path)), form_of(olle.get(path))
    olle.post(path, data=one | {"session_ids": [session.id, more.id]})

    answer = olle.post(path, data=other | {"cap": "6"})

    assert (answer.status_code, MEANWHILE in words_of(answer)) == (409, True)
    kept = db.scalars(select(RoundSession.session_id).order_by(RoundSession.session_id)).all()
    assert kept == [session.id, more.id]


def test_a_form_with_a_fault_still_stands_for_what_was_seen(db, olle, path):
    one, other = form_of(olle.get(path)), form_of(olle.get(path))
    olle.post(path, data=one | {"title": "Våren"})
    faulty = olle.post(path, data=other | {"cap": "0"})
    assert faulty.status_code == 400

    answer = olle.post(path, data=form_of(faulty) | {"cap": "6"})

    assert (answer.status_code, MEANWHILE in words_of(answer)) == (409, True)
