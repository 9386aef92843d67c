"""Every letter is sent once: what gives rise to it is done again, and there is no second one."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from bookings_room import AFTER, CLOSES, OPENS, occasions, place, seat, sent
from scene_for_letters import NEXT, Scene
from session_changes_room import keep

import make
from auth.models import Person
from auth.states import Category
from bookings import answers, cancellation, choices, left_over_seats, rebooking, taken_off, waitlist
from bookings.minimum import calling_off, free_seats, invitations, rescues
from bookings.rules.funding import Unfunded
from bookings.rules.minimum import Audience
from bookings.states import CancelGround
from courses.states import Publicity
from lararportal import clock
from lararportal.errors import Refused

LATER = [date(2027, 5, 10)]
LAST_DAYS = clock.parse("2027-03-11T10:00")
REMINDED, RELEASED = clock.parse("2027-02-17T08:00"), clock.parse("2027-02-22T18:00")
"""When there are three working days left to cancel, and none."""
WARNED, DECIDED = clock.parse("2027-02-01T08:00"), clock.parse("2027-02-15T08:00")


def offered(at: Scene) -> Person:
    place(at.db, at.session, at.anna, standing_yes=False)
    return at.ticks()


def reminded(at: Scene) -> Person:
    offered(at)
    return at.ticks(AFTER + timedelta(hours=61))


def lapsed(at: Scene) -> Person:
    reminded(at)
    return at.ticks(AFTER + timedelta(days=8))


def withdrawn(at: Scene) -> Person:
    offered(at)
    at.session.publicity = Publicity.ARCHIVED
    return at.ticks()


def next_in_line(at: Scene) -> Person:
    place(at.db, at.session, at.anna, standing_yes=True)
    return at.ticks()


def asked(at: Scene) -> Person:
    place(at.db, at.session, at.anna, short_notice=True)
    place(at.db, at.session, make.person(at.db), short_notice=True)
    return at.ticks(LAST_DAYS)


def said_nothing(at: Scene) -> Person:
    asked(at)
    return at.ticks(LAST_DAYS + timedelta(hours=7))


def swapped(at: Scene) -> Person:
    sister, sara = at.sister(), make.person(at.db)
    for one, own, other in ((at.anna, at.session, sister), (sara, sister, at.session)):
        seat(at.db, own, one, rank=2)
        place(at.db, other, one)
    seat(at.db, at.session, make.person(at.db))
    at.ticks()
    assert occasions(at.db, sara) == ["seat_swapped"]
    return at.anna


def accepted(at: Scene) -> Person:
    offered(at)
    saw = answers.seen(at.db, session_id=at.session.id, person_id=at.anna.id, now=AFTER)
    return at.twice(answers.accept, **at.of_anna(), saw=saw)


def cancelled(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.twice(cancellation.cancel, **at.of_anna(), reason="")


def cancelled_late(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.twice(cancellation.cancel, **at.of_anna(now=LAST_DAYS), reason="", ground=CancelGround.ILLNESS)


def undone(at: Scene) -> Person:
    cancelled(at)
    return at.twice(cancellation.undo, **at.of_anna(now=AFTER + timedelta(minutes=1)))


def rebooked(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    about = {"person_id": at.anna.id, "from_session_id": at.session.id, "to_session_id": at.sister().id}
    return at.twice(rebooking.rebook, **about, now=AFTER, by=at.anna.id)


def booked(at: Scene) -> Person:
    return at.twice(left_over_seats.book, **at.of_anna())


def joined(at: Scene) -> Person:
    return at.twice(waitlist.join, **at.of_anna(at.sister(full=True)))


def off_the_line(at: Scene) -> Person:
    place(at.db, at.session, at.anna)
    return at.twice(taken_off.take_off, **{**at.of_anna(), "by": at.office.id}, reason="Anna har slutat.")


def called_off(at: Scene) -> Person:
    db = at.db
    at.led_by, at.other = at.leader(), make.coordinator(db)
    seat(db, at.session, at.anna)
    at.waits = make.person(db)
    place(db, at.session, at.waits)
    db.flush()
    saw = calling_off.foreseen(db, session_id=at.session.id, now=AFTER).token
    at.twice(calling_off.call_off, **at.by_office(), reason="För få.", saw=saw)
    return at.ticks()


def called_off_for_who_waits(at: Scene) -> Person:
    called_off(at)
    return at.waits


def called_off_for_others_who_decide(at: Scene) -> Person:
    called_off(at)
    return at.other


def called_off_for_who_leads(at: Scene) -> Person:
    called_off(at)
    return at.led_by


def few(at: Scene) -> Person:
    at.ticks(WARNED)
    return at.office


def too_few(at: Scene) -> Person:
    few(at)
    at.ticks(DECIDED)
    return at.office


def few_for_who_leads(at: Scene) -> Person:
    leader = at.leader()
    too_few(at)
    return leader


def day_moved(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    at.twice(rescues.move_day, **at.by_office(), to=date(2027, 3, 1), reason="Fler har hört av sig.")
    return at.ticks()


def runs_after_all(at: Scene) -> Person:
    day_moved(at)
    at.other = make.coordinator(at.db)
    return at.twice(rescues.run_anyway, **at.by_office(now=AFTER + timedelta(days=1)), reason="Ämnet behövs.")


def runs(at: Scene) -> Person:
    runs_after_all(at)
    return at.other


def invited(at: Scene) -> Person:
    free_seats.ask(at.db, course_id=at.course.id, person_id=at.anna.id, now=AFTER, by=at.anna.id)
    at.db.flush()
    about = {"session_id": at.session.id, "audience": Audience.ASKED, "now": AFTER}
    saw = invitations.reach(at.db, **about).token
    at.twice(invitations.invite, **about, saw=saw, by=at.office.id)
    place(at.db, at.sister(full=True), at.anna)
    assert invitations.reach(at.db, **{**about, "audience": Audience.WAITING}).persons == []
    return at.ticks()


def reserve(at: Scene) -> Person:
    full = at.sister(full=True)
    make.session(at.db, of=at.course, days=LATER, minimum=1, publicity=Publicity.DRAFT, is_reserve=True)
    at.anna.category = Category.SPECIALIST
    place(at.db, full, at.anna)
    at.ticks()
    return at.office


def moved_for_who_has_a_seat(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.moved(at.session)


def moved_for_who_waits(at: Scene) -> Person:
    place(at.db, at.session, at.anna)
    return at.moved(at.session)


def moved_for_who_leads(at: Scene) -> Person:
    leader = at.leader()
    seat(at.db, at.session, at.anna)
    at.moved(at.session, leader_ids=[leader.id])
    return leader


def moved_for_who_has_applied(at: Scene) -> Person:
    sent(at.db, make.round_of(at.db, at.session, opens_at=OPENS, closes_at=CLOSES), at.anna, at.session)
    return at.moved(at.session)


def to_choose(at: Scene) -> Person:
    """Anna has a seat in another course on the days that the session is moved to."""
    seat(at.db, at.session, at.anna)
    at.other = make.session(at.db, days=NEXT)
    seat(at.db, at.other, at.anna)
    return at.moved(at.session)


def kept(at: Scene) -> Person:
    to_choose(at)
    keep(at.db, **at.of_anna())
    with pytest.raises(Refused):
        choices.keep(at.db, **at.of_anna(), saw="")
    return at.ticks()


def given_up(at: Scene) -> Person:
    to_choose(at)
    return at.twice(choices.give_up, **at.of_anna())


def had_again(at: Scene) -> Person:
    to_choose(at)
    at.twice(cancellation.cancel, **at.of_anna(at.other), reason="")
    return at.ticks()


def reminded_of_the_choice(at: Scene) -> Person:
    to_choose(at)
    return at.ticks(AFTER + timedelta(hours=72))


def chosen_by_nobody(at: Scene) -> Person:
    reminded_of_the_choice(at)
    return at.ticks(AFTER + timedelta(days=8))


def unfunded(at: Scene) -> Person:
    seat(at.db, at.session, at.anna)
    return at.ticks(REMINDED, unfunded=Unfunded.RELEASE)


def released(at: Scene) -> Person:
    unfunded(at)
    return at.ticks(RELEASED, unfunded=Unfunded.RELEASE)


STORIES = [
    ("seat_offered", offered),
    ("answer_reminder", reminded),
    ("offer_lapsed", lapsed),
    ("offer_withdrawn", withdrawn),
    ("seat_from_line", next_in_line),
    ("seat_from_line", accepted),
    ("called_out", asked),
    ("call_out_over", said_nothing),
    ("seat_cancelled", cancelled),
    ("seat_cancelled_late", cancelled_late),
    ("cancellation_undone", undone),
    ("seat_moved", rebooked),
    ("seat_swapped", swapped),
    ("seat_booked", booked),
    ("place_in_line", joined),
    ("taken_off_line", off_the_line),
    ("session_called_off", called_off),
    ("line_called_off", called_off_for_who_waits),
    ("session_called_off_to_staff", called_off_for_others_who_decide),
    ("session_called_off_to_staff", called_off_for_who_leads),
    ("few_booked", few),
    ("too_few_booked", too_few),
    ("few_booked", few_for_who_leads),
    ("too_few_booked", few_for_who_leads),
    ("decision_day_moved", day_moved),
    ("session_runs_after_all", runs_after_all),
    ("session_runs", runs),
    ("free_seats", invited),
    ("reserve_wanted", reserve),
    ("session_changed", moved_for_who_has_a_seat),
    ("session_changed", moved_for_who_waits),
    ("session_changed", to_choose),
    ("session_changed_for_leader", moved_for_who_leads),
    ("session_changed_for_applicant", moved_for_who_has_applied),
    ("seat_chosen", kept),
    ("seat_chosen", given_up),
    ("seat_had_again", had_again),
    ("choice_reminder", reminded_of_the_choice),
    ("choice_lapsed", chosen_by_nobody),
    ("funding_missing", unfunded),
    ("seat_unfunded", released),
]

ELSEWHERE = {
    "deeds/test_applications.py": {
        "application_received": "test_the_same_list_once_more_changes_nothing_and_nobody_is_told_again",
        "application_changed": "test_the_same_list_once_more_changes_nothing_and_nobody_is_told_again",
        "application_withdrawn": "test_nothing_is_withdrawn_twice",
    },
    "web/test_bookings_progress.py": {"decision": "test_pressed_twice_it_is_published_once_and_both_pages_say_so"},
    "deeds/test_lottery.py": {
        "lottery_to_commit": "test_the_second_party_is_reminded_once_a_day",
        "lottery_to_reveal": "test_after_closing_they_are_reminded_of_the_secret",
    },
    "deeds/test_precedence.py": {
        "precedence_granted": "test_it_is_granted_once_at_a_time",
        "precedence_revoked": "test_what_is_revoked_has_a_name_and_a_reason_and_the_person_is_told",
    },
    "deeds/test_exceptions.py": {"placed_by_exception": "test_who_is_put_there_is_not_put_there_twice"},
    "deeds/test_attendance.py": {
        "absence_noted": "test_who_was_there_and_meets_the_competence_has_passed_and_who_was_absent_is_told_once"
    },
    "deeds/test_completing_late.py": {
        "completion_reminder": "test_its_leaders_are_reminded_twice_while_there_is_time_and_not_when_it_is_completed"
    },
    "web/test_programme.py": {
        "summons": "test_who_has_a_seat_is_called_once_with_or_without_a_programme_and_who_comes_later_then",
        "programme_changed": "test_a_changed_programme_is_sent_when_somebody_says_so_and_once_to_who_had_another",
    },
    "web/test_messages.py": {
        "message": "test_a_letter_is_shown_as_it_will_be_and_sent_once_however_often_it_is_pressed"
    },
    "deeds/test_preparation.py": {
        "preparation_reminder": "test_who_lacks_a_part_is_reminded_once_before_the_day_and_whoever_has_done_it_is_not"
    },
    "deeds/test_certificates.py": {
        "certificate_ready": "test_everybody_who_has_passed_gets_one_once_and_a_letter_with_it",
        "certificate_withdrawn": "test_who_has_not_passed_after_all_has_none_any_more_and_is_told_once",
    },
    "deeds/test_reports.py": {
        "report_confirmed": "test_a_report_is_confirmed_once_and_declined_after_all_and_each_has_its_letter",
        "report_declined": "test_a_report_is_confirmed_once_and_declined_after_all_and_each_has_its_letter",
    },
    "deeds/test_evaluations.py": {
        "evaluation_opened": "test_at_the_end_of_the_last_day_those_who_were_there_are_asked_once",
        "evaluation_reminder": "test_whoever_has_not_answered_is_reminded_on_the_third_and_the_tenth_day",
        "evaluation_closed": "test_it_closes_after_three_weeks_and_nobody_knows_then_who_was_asked",
    },
    "deeds/test_reviews.py": {
        "review_action_late": "test_every_coordinator_is_told_once_that_an_action_is_late_until_it_is_done",
        "review_opened": "test_a_review_is_opened_once_stated_answered_and_closed_with_a_letter_each",
        "review_stated": "test_a_review_is_opened_once_stated_answered_and_closed_with_a_letter_each",
        "review_answered": "test_a_review_is_opened_once_stated_answered_and_closed_with_a_letter_each",
    },
    "deeds/test_people_told.py": {
        "address_changed": "test_the_former_address_hears_of_the_new_one_once",
        "facts_corrected": "test_who_is_corrected_is_told_by_whom_and_what_has_changed",
    },
    "deeds/test_people_invited.py": {
        "invited": "test_a_letter_sent_again_has_another_link_and_the_first_opens_nothing"
    },
    "deeds/test_people_identities.py": {
        "identity_linked": "test_what_waits_is_linked_once_and_the_person_is_told",
        "identity_removed": "test_an_identity_is_removed_once_with_the_sign_ins_that_began_with_it",
    },
}
"""The letters of applications, rounds and decisions about one person, with the test of each, by file."""


@pytest.mark.parametrize(("occasion", "story"), STORIES)
def test_it_is_sent_once(db, database, occasion, story):
    person = story(Scene(db, database))
    db.flush()
    assert occasions(db, person).count(occasion) == 1


def test_every_letter_there_is_has_such_a_test():
    tests = Path(__file__).parents[1]
    letters = {each.stem for each in (tests.parent / "templates" / "letters").glob("[!_]*.txt")}
    assert letters - {occasion for occasion, _ in STORIES} == {
        occasion for named in ELSEWHERE.values() for occasion in named
    }
    for file, named in ELSEWHERE.items():
        text = (tests / file).read_text(encoding="utf-8")
        assert [name for name in named.values() if f"def {name}(" not in text] == []
