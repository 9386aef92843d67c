"""The steps that decide a lottery ask for a fresh sign-in, and what was typed before it is not lost."""

import re
from datetime import timedelta

import pytest
from fairness_room import two_party_round
from lottery_room import COMMITMENT, EARLIER, KNOWN
from portals import STOPPED

import make
from auth.models import Person
from bookings.states import RoundState

TOO_LATE, IN_TIME = timedelta(minutes=11), timedelta(minutes=9)


@pytest.fixture
def arrive(visit):
    """Somebody who signed in `at` a moment; what they do after that happens so much later."""

    def come(person, *, at):
        browser = visit(person, at=at)

        def wait(span):
            browser.environ_base[STOPPED] = at + span
            return browser

        return wait

    return come


@pytest.fixture
def round_until(db):
    """A round with a second party and one applicant, taken as far as a state."""
    return lambda state: two_party_round(db, {make.person(db): [make.session(db)]}, until=state)


@pytest.mark.parametrize("name", ["atagande", "hemlighet"])
def test_the_second_party_is_asked_for_one(db, arrive, round_until, name):
    round_ = round_until(RoundState.PLANNED)
    page = f"/studierektor/lottning/{round_.id}/{name}"
    browser = arrive(db.get_one(Person, round_.second_party_id), at=EARLIER)(TOO_LATE)

    for answer in (browser.get(page), browser.post(page, data={"commitment": COMMITMENT, "is_kept": "y"})):
        assert (answer.status_code, answer.location) == (302, f"/logga-in/igen?next={page}")


@pytest.mark.parametrize("name", ["utan", "kopia", "varde", "kalla"])
def test_a_coordinator_is_asked_for_one(db, arrive, round_until, name):
    page = f"/samordning/omgangar/{round_until(RoundState.CLOSED).id}/lottning/{name}"
    browser = arrive(make.coordinator(db), at=KNOWN)(TOO_LATE)

    for answer in (browser.get(page), browser.post(page, data={"value": make.DRAWN, "again": make.DRAWN})):
        assert (answer.status_code, answer.location) == (302, f"/logga-in/igen?next={page}")


def test_a_commitment_that_was_typed_before_it_stands_there_after_it(db, arrive, round_until):
    round_ = round_until(RoundState.PLANNED)
    page = f"/studierektor/lottning/{round_.id}/atagande"
    wait = arrive(db.get_one(Person, round_.second_party_id), at=EARLIER)
    wait(TOO_LATE).post(page, data={"commitment": COMMITMENT, "is_kept": "y", "replaces": ""})
    shown = wait(IN_TIME).get(page).text

    form = re.search(r'<form method="post" action="".*?</form>', shown, re.DOTALL).group()
    assert re.findall(r'name="(?:replaces|commitment)"[^>]*? value="([^"]*)"', form) == ["", COMMITMENT]
    assert re.search(r'<input[^>]* checked [^>]*name="is_kept"', form)


def test_so_does_another_source_as_it_was_typed(db, arrive, round_until):
    page = f"/samordning/omgangar/{round_until(RoundState.CLOSED).id}/lottning/kalla"
    wait = arrive(make.coordinator(db), at=KNOWN)
    typed = {"source_kind": "named", "source_name": "Lotto", "source_at": "imorgon", "reason": "Inställd dragning"}
    wait(TOO_LATE).post(page, data=typed)
    shown = wait(IN_TIME).get(page).text

    assert re.findall(r'name="source_(?:name|at)"[^>]*? value="([^"]*)"', shown) == ["Lotto", "imorgon"]
    assert re.findall(r'<input checked [^>]*value="(\w+)"', shown) == ["named"]
    assert "Inställd dragning</textarea>" in shown
