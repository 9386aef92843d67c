"""Certificates: asked for, made once, corrected by another version, withdrawn, signed, and forgotten."""

from datetime import date, timedelta

import pytest
from bookings_room import occasions, refused
from certificates_room import AFTER_IT, END, MET, NOT_MET, NUMBER, completed
from portals import SAFE
from sqlalchemy import select, update

import make
from auth import personal_numbers, resealing
from auth.queries import looks
from auth.states import Role
from bookings import erasure
from bookings.models import Booking
from bookings.queries import seated
from courses.certificates import issuing, shown, signing, typesetting
from courses.certificates.resealing import CERTIFICATES
from courses.days import correcting, half_days
from courses.models import Certificate, SessionLeader
from courses.rules.days import Mark
from courses.states import CertificateKind, Presence, Refusal
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.cli import keys
from lararportal.errors import NotFound
from lararportal.personal_number import of
from lararportal.sealing import Ring, Safe

LATER = AFTER_IT + timedelta(days=1)


@pytest.fixture
def room(db):
    return completed(db)


def wrong(room, now=LATER) -> set[str]:
    room.db.flush()
    room.db.expire_all()
    return {each.check for each in invariants(room.db, now=now)} - {"seat_not_noted"}


def test_everybody_who_has_passed_gets_one_once_and_a_letter_with_it(room):
    anna, *_ = room.people
    assert (room.ask(), room.ask()) == (3, 0)
    assert room.stand() == [("2027-0001", 1, "making"), ("2027-0002", 1, "making"), ("2027-0003", 1, "making")]
    assert [each.sealed for each in room.of(anna)] == [""]
    room.make()
    assert (room.ask(now=LATER), issuing.waiting(room.db, now=LATER)) == (0, [])
    issuing.make(room.db, room.of(anna)[0].id, now=LATER, by=None)
    assert {state for _, _, state in room.stand()} == {"valid"}
    kinds = [room.of(each)[0].kind for each in room.people]
    assert kinds == [CertificateKind.A_2015, CertificateKind.A_2021, CertificateKind.B]
    assert [room.of(each)[0].content["objectives"] for each in room.people] == [["c3"], ["STc3"], ["c3", "STc3"]]
    assert [occasions(room.db, each).count("certificate_ready") for each in room.people] == [1, 1, 1]
    assert room.deeds() == ["asked_for"] * 3 + ["made"] * 3
    paper = typesetting.paper(room.db, room.of(anna)[0])
    assert (paper["personal_number"], paper["signatory"]["name"]) == ("19121212-1212", "Åsa Öberg")
    assert NUMBER not in str(room.of(anna)[0].content)
    assert wrong(room) == set()


def test_what_would_say_something_else_is_another_version_that_replaces_the_one_before(room):
    anna, bo, _ = room.people
    room.ask()
    room.make()
    bo.family_name = "Ny"
    room.session.course.description = "Något annat."
    room.db.flush()
    assert room.ask(bo, now=LATER) == 1
    assert room.stand()[1:3] == [("2027-0002", 1, "valid"), ("2027-0002", 2, "making")]
    bo.family_name = "Nyare"
    assert room.ask(bo, now=LATER) == 1
    room.make(LATER)
    assert room.stand()[:3] == [("2027-0001", 1, "valid"), ("2027-0002", 1, "replaced"), ("2027-0002", 2, "valid")]
    assert [each.content["family"] for each in room.of(bo)][1] == "Nyare"
    assert occasions(room.db, bo).count("certificate_ready") == 2
    # A number that became known since is on the next version.
    personal_numbers.keep(room.db, person_id=bo.id, number=of("198001610008"), now=LATER)
    assert (room.ask(bo, now=LATER), room.ask(anna, now=LATER)) == (1, 1)
    room.make(LATER)
    assert [each.version for each in room.of(bo)] == [1, 2, 3]
    assert wrong(room) == set()


def test_who_has_not_passed_after_all_has_none_any_more_and_is_told_once(room):
    anna, bo, cia = room.people
    room.ask(anna, bo)
    issuing.make(room.db, room.of(anna)[0].id, now=AFTER_IT, by=None)
    room.complete(NOT_MET, NOT_MET, MET, now=LATER)
    room.complete(NOT_MET, NOT_MET, MET, now=LATER)
    assert room.stand() == [("2027-0001", 1, "withdrawn"), ("2027-0002", 1, "withdrawn")]
    assert [occasions(room.db, each).count("certificate_withdrawn") for each in (anna, bo, cia)] == [1, 0, 0]
    issuing.make(room.db, room.of(bo)[0].id, now=LATER, by=None)
    room.complete(MET, NOT_MET, MET, now=LATER)
    assert room.ask(now=LATER) == 2
    room.make(LATER)
    assert room.stand() == [
        *(("2027-0001", 1, "withdrawn"), ("2027-0001", 2, "valid")),
        *(("2027-0002", 1, "withdrawn"), ("2027-0003", 1, "valid")),
    ]  # fmt: skip
    assert wrong(room) == set()


def test_a_correction_asks_for_the_version_that_it_makes_necessary_once_and_of_who_has_one(room, database, office):
    anna, bo, cia = room.people
    room.ask(anna, bo)
    room.make()
    signed_by = room.of(anna)[0].signatory_id
    half = half_days.halves_of(room.session)[0].key

    def correct(person, *, minutes=30, verdict=MET) -> bool:
        noted = {half: Mark(Presence.LATE, minutes)}
        why = {"verdict": verdict, "reason": "Kom sent.", "roster": seated, "now": LATER, "by": office.id}
        return correcting.correct(room.db, session_id=room.session.id, person_id=person.id, noted=noted, **why)

    assert [correct(anna), correct(anna), correct(cia)] == [True, False, True]
    assert room.stand() == [("2027-0001", 1, "valid"), ("2027-0001", 2, "making"), ("2027-0002", 1, "valid")]
    assert (room.of(anna)[1].signatory_id, wrong(room)) == (signed_by, set())
    assert correct(anna, minutes=40)
    room.db.flush()
    assert tick.run_due(database, now=LATER)["certificates made"] == 1
    assert room.stand()[:2] == [("2027-0001", 1, "replaced"), ("2027-0001", 2, "valid")]
    first, second = room.of(anna)
    assert second.content["minutes"] == first.content["minutes"] - 40
    assert occasions(room.db, anna).count("certificate_ready") == 2
    # One that is taken back before its version is made leaves the one that holds.
    assert [correct(anna, minutes=50), correct(anna, minutes=40)] == [True, True]
    room.make(LATER)
    assert [each.state for each in room.of(anna)] == ["replaced", "valid", "withdrawn"]
    assert (room.deeds()[-1], wrong(room)) == ("unneeded", set())
    assert [each.version for each in shown.own(room.db, anna.id)] == [2]
    assert occasions(room.db, anna).count("certificate_ready") == 2
    assert room.ask(anna, now=LATER) == 0
    assert correct(anna, minutes=50)
    room.make(LATER)
    assert [each.state for each in room.of(anna)] == ["replaced", "replaced", "withdrawn", "valid"]
    assert correct(bo, verdict=NOT_MET)
    assert (room.stand()[4:], wrong(room)) == ([("2027-0002", 1, "withdrawn")], set())


def test_they_are_for_its_leaders_and_coordinators_and_for_a_completed_session(room, office):
    with pytest.raises(NotFound):
        room.ask(by=make.holder(room.db, Role.LEADER))
    with pytest.raises(NotFound):
        room.ask(by=room.people[0])
    assert room.ask(by=office) == 3
    link = room.db.get_one(SessionLeader, (room.session.id, room.leader.id))
    room.db.delete(link)
    with refused(Refusal.NOBODY_SIGNS):
        room.ask(by=office)
    room.session.completed_at = room.session.completed_by = None
    with refused(Refusal.SESSION_NOT_COMPLETED):
        room.ask(by=office)


def test_papers_are_fetched_to_be_signed_which_is_seen_and_it_is_noted_that_they_are(room, office):
    anna, bo, cia = room.people
    about = {"session_id": room.session.id, "now": LATER}
    with pytest.raises(NotFound):
        signing.fetch_all(room.db, by=room.leader.id, **about)
    room.ask()
    room.make()
    bo.is_protected = True
    room.db.flush()
    assert [each["given"] for each in signing.fetch_all(room.db, by=room.leader.id, **about)] == [
        anna.given_name, cia.given_name
    ]  # fmt: skip
    assert [each["given"] for each in signing.fetch_all(room.db, by=office.id, **about)][2] == bo.given_name
    room.db.flush()
    assert [each.by for each in looks(room.db, anna.id)] == [office.name, room.leader.name]
    assert (looks(room.db, anna.id)[0].reason, looks(room.db, cia.id)) == (
        "Hämtade intyg 2027-0001 för underskrift",
        [],
    )
    with pytest.raises(NotFound):
        signing.fetch_all(room.db, by=anna.id, **about)
    [first], [second] = room.of(anna), room.of(bo)
    day = date(2027, 3, 17)

    def sign(on=day, **facts):
        return signing.note_signed(room.db, on=on, signed={first.id: True, second.id: False}, **about, **facts)

    assert (sign(by=room.leader.id), sign(by=room.leader.id), first.signed_on, second.signed_on) == (1, 0, day, None)
    with pytest.raises(NotFound):
        sign(by=anna.id)
    left = signing.fetch_unsigned(room.db, by=office.id, **about)
    assert [each["given"] for each in left] == [cia.given_name, bo.given_name]
    signing.note_signed(room.db, on=day, signed={first.id: False}, by=office.id, **about)
    assert (first.signed_on, room.deeds()[-2:]) == (None, ["signed", "unsigned"])
    with refused(Refusal.SIGNED_AHEAD):
        sign(date(2027, 3, 19), by=office.id)
    with refused(Refusal.SIGNED_BEFORE_MADE, made=day):
        sign(date(2027, 3, 16), by=office.id)
    assert wrong(room) <= {"protection_not_noted"}


def test_of_whom_is_erased_the_number_and_code_stay_and_the_name_goes(room, office):
    anna, bo, _ = room.people
    room.ask()
    issuing.make(room.db, room.of(anna)[0].id, now=AFTER_IT, by=None)
    code = room.of(anna)[0].code
    room.db.execute(update(Booking).values(charged_on=date(2027, 3, 17)))
    about = {"reason": "Dnr 2027-17", "now": LATER, "by": office.id}
    for each in (anna, bo):
        erasure.erase(room.db, person_id=each.id, **about)
    [kept], [unmade] = room.of(anna), room.of(bo)
    assert (kept.content["given"], kept.content["family"], kept.sealed, kept.imprint) == ("", "", "", "")
    assert (kept.code, kept.state, kept.content["course"]) == (code, "valid", room.session.course.title)
    assert unmade.state == "withdrawn"
    with pytest.raises(NotFound):
        signing.fetch_all(room.db, session_id=room.session.id, now=LATER, by=office.id)
    assert not wrong(room) & {"erased_but_kept", "certificate_not_as_noted", "certificate_not_as_completed"}


def test_one_that_cannot_be_typeset_waits_and_does_not_stop_the_others(room, database):
    room.ask()
    [first] = room.of(room.people[0])
    first.layout = 99
    room.db.flush()
    assert tick.make_certificates(database, room.session.id, now=AFTER_IT) == 2
    assert [state for _, _, state in room.stand()] == ["making", "valid", "valid"]
    assert wrong(room) == {"certificate_not_made"}
    first.layout = 1
    room.db.flush()
    assert tick.run_due(database, now=LATER)["certificates made"] == 1
    assert wrong(room) == set()


def test_the_number_on_it_is_sealed_anew_when_the_key_changes(room):
    room.ask()
    room.make()
    row = room.of(room.people[0])[0]
    old = Safe(Ring(SAFE.ring.keys[1:]), SAFE.index_key)
    row.sealed = old.seal(NUMBER, place=row.place)
    room.db.flush()
    assert wrong(room) == {"certificate_by_another_key"}
    assert CERTIFICATES in keys.KINDS
    assert resealing.seal_anew(room.db, CERTIFICATES, after=0).done == 1
    assert (wrong(room), SAFE.open(row.sealed, place=row.place)) == (set(), NUMBER)


def test_asking_takes_as_many_statements_for_many_as_for_few(db, queries):
    counts = []
    for count in (1, 3):
        room = completed(db)
        queries.reset()
        room.ask(*room.people[:count])
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_numbers_begin_anew_each_year_and_are_never_given_again(room, db):
    room.ask(room.people[0])
    room.complete(NOT_MET, MET, MET, now=END)
    room.ask(room.people[1], now=clock.parse("2027-12-31T23:30"))
    room.ask(room.people[2], now=clock.parse("2028-01-01T00:30"))
    assert sorted(f"{each.year}-{each.serial}" for each in db.scalars(select(Certificate))) == [
        "2027-1", "2027-2", "2028-1"
    ]  # fmt: skip
