"""A coordinator opens a round, and reads why one has not opened by itself."""

from datetime import timedelta

import pytest
from bookings_pages import words_of
from courses_desk import form_of
from sqlalchemy import select

import make
from auth.models import Person
from auth.states import Role
from bookings import rounds
from bookings.models import Round
from bookings.states import RoundState
from lararportal import clock, tick

AN_HOUR, TWO_DAYS = timedelta(hours=1), timedelta(days=2)
THREE_WEEKS_ON = clock.parse("2027-02-01T08:00")


def state_of(db, round_id) -> RoundState:
    return db.scalars(select(Round.state).where(Round.id == round_id)).one()


@pytest.fixture
def olle(db, visit):
    """A coordinator's browser."""
    return visit(make.coordinator(db))


def test_opening(db, olle):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED, closes_at=THREE_WEEKS_ON)
    path = f"/samordning/omgangar/{round_.id}/oppna"

    assert "1 kurstillfällen ingår." not in words_of(olle.get(path))
    assert "Ett kurstillfälle ingår." in words_of(olle.get(path))
    assert state_of(db, round_.id) is RoundState.PLANNED
    answer = olle.post(path)

    assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{round_.id}")
    assert state_of(db, round_.id) is RoundState.OPEN
    text = words_of(olle.get(answer.location))
    assert "Omgången är öppen för ansökan." in text
    assert "Öppnade 11 januari 2027 kl. 08.00" in text


def test_one_that_would_be_too_short_says_so_and_opens_once_it_closes_later(db, olle, database, now):
    session = make.session(db)
    late = {"opens_at": now - timedelta(days=2), "closes_at": now + timedelta(days=19)}
    round_ = make.round_of(db, session, state=RoundState.PLANNED, **late)
    page = f"/samordning/omgangar/{round_.id}"

    text = words_of(olle.get(page))
    assert "Skulle ha öppnat 9 januari 2027 kl. 08.00" in text
    assert "Kan inte öppna, det är för kort tid tills ansökan stänger." in text
    assert "Omgången öppnar inte Alla ska ha minst tre veckor på sig att söka" in text
    assert "Kan inte öppna, det är för kort tid" in words_of(olle.get("/samordning"))
    assert (f'href="{page}/oppna"' in olle.get(page).text, f'href="{page}/andra"' in olle.get(page).text) == (
        False,
        True,
    )
    for answer in (olle.get(f"{page}/oppna"), olle.post(f"{page}/oppna")):
        assert (answer.status_code, "minst tre veckor, räknat från nu" in words_of(answer)) == (409, True)
    tick.run_due(database, now=now)
    assert state_of(db, round_.id) is RoundState.PLANNED

    form = form_of(olle.get(f"{page}/andra")) | {"session_ids": [session.id], "source_kind": "drand"}
    later = {"closes_at": "2027-02-01T08:00", "decision_on": "2027-02-09", "source_at": "2027-02-01T09:00"}
    assert olle.post(f"{page}/andra", data=form | later).status_code == 302
    tick.run_due(database, now=now)
    assert state_of(db, round_.id) is RoundState.OPEN


def test_one_that_waits_says_how_long_it_can(db, olle):
    round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED, waived_at=None, closes_at=THREE_WEEKS_ON)

    text = words_of(olle.get(f"/samordning/omgangar/{round_.id}"))
    assert "Kan öppna senast 12 januari 2027 kl. 08.00" in text
    assert "Omgången öppnar inte" not in text


def test_a_page_with_nothing_to_do_has_no_room_for_buttons(db, olle):
    closed, planned = (make.round_of(db, state=state) for state in (RoundState.CLOSED, RoundState.PLANNED))

    pages = [olle.get(f"/samordning/omgangar/{each.id}").text for each in (closed, planned)]
    assert ['<div class="actions mb-4">' in page for page in pages] == [False, True]


class TestOneThatIsLate:
    """It waits since the morning of the eleventh, and can open to the morning of the twelfth."""

    @pytest.fixture
    def late(self, db, now):
        times = {"opens_at": now, "closes_at": THREE_WEEKS_ON, "state": RoundState.PLANNED}
        eva = make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Nordin")
        return make.round_of(db, make.session(db), second_party_id=eva.id, waived_at=None, **times)

    @pytest.mark.parametrize("page", ["/samordning", "/samordning/omgangar/{}"])
    def test_says_until_when_it_can_open(self, visit, db, late, now, page):
        olle, path = make.coordinator(db), page.format(late.id)
        in_time, later = (words_of(visit(olle, at=now + after).get(path)) for after in (timedelta(0), AN_HOUR))

        assert "Väntar på åtagandet från Eva Nordin för att kunna öppna 11 januari 2027 kl. 08.00" in in_time
        assert "Väntar på åtagandet från Eva Nordin för att kunna öppna senast 12 januari 2027 kl. 08.00" in later

    def test_and_is_bound_is_not_said_to_open_when_it_did_not(self, visit, db, late, now):
        make.bound(db, late)
        olle, page = visit(make.coordinator(db), at=now + AN_HOUR), f"/samordning/omgangar/{late.id}"

        text = "Skulle ha öppnat 11 januari 2027 kl. 08.00, och kan öppna till 12 januari 2027 kl. 08.00"
        assert text in words_of(olle.get(page))
        assert "Den skulle ha öppnat 11 januari 2027 kl. 08.00." in words_of(olle.get(f"{page}/oppna"))

    @pytest.mark.parametrize("page", ["/samordning/omgangar", "/ansokan"])
    def test_is_said_on_lists_to_have_been_expected(self, visit, db, late, now, page):
        olle = make.coordinator(db)
        in_time, later = (words_of(visit(olle, at=now + after).get(page)) for after in (timedelta(0), AN_HOUR))

        said = "Skulle ha öppnat 11 januari 2027 kl. 08.00"
        assert (said in in_time, "11 januari 2027 kl. 08.00" in in_time) == (False, True)
        assert said in later

    def test_is_told_step_by_step_with_the_time_that_is_left(self, visit, late, now):
        path = f"/regler/omgang/{late.id}"
        in_time, later, too_late = (
            words_of(visit(at=now + after).get(path)) for after in (timedelta(0), AN_HOUR, TWO_DAYS)
        )

        assert "Senast 11 januari 2027 kl. 08.00 Nu: Eva Nordin lämnar sitt åtagande" in in_time
        assert "11 januari 2027 kl. 08.00 Kommer: Ansökan öppnar" in in_time
        assert "Ansökan skulle ha öppnat 11 januari 2027 kl. 08.00" in later
        assert "Senast 12 januari 2027 kl. 08.00 Nu: Eva Nordin lämnar sitt åtagande" in later
        assert "Kommer: Ansökan skulle ha öppnat, och öppnar senast 12 januari 2027 kl. 08.00" in later
        assert "Innan omgången öppnar Nu: Eva Nordin lämnar sitt åtagande" in too_late
        assert "Kommer: Ansökan skulle ha öppnat, men det är för kort tid tills den stänger" in too_late

    def test_tells_its_second_party_that_it_waits(self, visit, db, late, now):
        eva, path = db.get_one(Person, late.second_party_id), f"/studierektor/lottning/{late.id}"
        later, too_late = (words_of(visit(eva, at=now + after).get(path)) for after in (AN_HOUR, TWO_DAYS))

        said = "Omgången skulle ha öppnat 11 januari 2027 kl. 08.00 och väntar på ditt åtagande."
        assert f"{said} Den kan öppna till 12 januari 2027 kl. 08.00." in later
        assert (said in too_late, "Den kan öppna till" in too_late) == (True, False)


def test_the_public_value_is_to_come_until_it_is_known(db, visit):
    round_ = make.round_of(db, make.session(db))
    rounds.close_round(db, round_.id, now=round_.closes_at, by=None)
    at = (round_.closes_at, round_.public_at)
    before, known = (words_of(visit(at=each).get(f"/regler/omgang/{round_.id}")) for each in at)

    assert "Kommer: Det offentliga värdet skrivs in" in before
    assert "Nu: Det offentliga värdet skrivs in" in known
