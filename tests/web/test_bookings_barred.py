"""Who may not apply at all is told so once, with what to do about it, and is given no form."""

from datetime import date

import pytest
from bookings_pages import words_of

import make
from auth.states import Role

PROFILE = "Det saknas uppgifter i din profil."
PARTY = "Du är andra part i omgångens lottning"
NOT_FOR_YOU = "Kursen vänder sig till en annan målgrupp än din."


@pytest.fixture
def offered(db):
    """An open round, and one of its three sessions."""
    session, *others = (make.session(db, days=[date(2027, 4, day)]) for day in (1, 2, 5))
    return make.round_of(db, session, *others), session


def without_category(db):
    return make.person(db, category=None, residency_start=None, planned_end=None)


def test_a_doctor_without_a_category_is_led_to_the_profile_and_sees_no_form(db, visit, offered):
    round_, session = offered
    browser, path = visit(without_category(db)), f"/ansokan/{round_.id}"
    page = browser.get(path)

    assert (words_of(page).count(PROFILE), words_of(page).count(NOT_FOR_YOU)) == (1, 0)
    assert f'href="/profil?next={path}"' in page.text
    assert "Skicka in ansökan" not in page.text
    assert browser.post(path, data={"choices": [session.id], "cap": "1"}).status_code == 409


def test_the_page_of_a_session_says_so_too(db, visit, offered):
    browser, left_over = visit(without_category(db)), make.session(db)
    page = browser.get(f"/tillfallen/{offered[1].id}")

    assert words_of(page).count(f"Du kan inte söka än {PROFILE}") == 1
    assert words_of(browser.get(f"/tillfallen/{left_over.id}")).count(f"Du kan inte boka än {PROFILE}") == 1
    assert f'href="/profil?next=/tillfallen/{offered[1].id}"' in page.text
    assert "Lägg till i ansökan" not in page.text


def test_the_second_party_reads_why_not_and_sees_no_form(db, visit, offered):
    round_, session = offered
    eva = make.holder(db, Role.DIRECTOR)
    other = make.person(db)
    for party in (eva, other):
        round_.second_party_id = party.id
        db.flush()
        page = visit(party).get(f"/ansokan/{round_.id}")

        assert words_of(page).count(PARTY) == 1
        assert "Skicka in ansökan" not in page.text
    page = visit(other).get(f"/tillfallen/{session.id}")
    assert words_of(page).count(PARTY) == 1
    assert "Lägg till i ansökan" not in page.text


def test_who_leads_or_administers_courses_is_asked_for_nothing_on_the_page_of_a_session(db, visit, offered):
    assert PROFILE not in words_of(visit(make.coordinator(db)).get(f"/tillfallen/{offered[1].id}"))
