"""Courses taken elsewhere: reported with a document that nobody reads who has the rows alone, and decided by name."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, occasions, refused
from portals import SAFE
from sqlalchemy import select

import make
from auth import resealing
from auth.states import Area, Category, Role
from auth.states import Refusal as PeopleRefusal
from courses.models import CourseReport, ReportDocument
from courses.reports import deciding, documents, forgetting, reporting, shown
from courses.rules import reports as rules
from courses.states import Refusal, ReportState
from lararportal.audit import invariants
from lararportal.errors import NotFound
from lararportal.journal import Entry
from lararportal.sealing import Ring

PDF = b"%PDF-1.7 191212-1212"


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG)


def report(db, person, **facts) -> CourseReport:
    about = {"objectives": ["a5", "a1"], "title": "Ledarskap", "provider": "Halland", "content": PDF}
    about |= {"finished_on": date(2026, 11, 6), "now": AFTER, "by": person.id}
    return reporting.report(db, person_id=person.id, **{**about, **facts})


def test_a_report_is_confirmed_once_and_declined_after_all_and_each_has_its_letter(db, anna, eva):
    made = report(db, anna)
    assert (made.objectives, made.state) == (["a1", "a5"], ReportState.REPORTED)
    deciding.confirm(db, report_id=made.id, now=AFTER, by=eva.id)
    with refused(Refusal.REPORT_DECIDED):
        deciding.confirm(db, report_id=made.id, now=AFTER, by=eva.id)
    with refused(Refusal.DECLINED_WITHOUT_REASON):
        deciding.decline(db, report_id=made.id, reason=" ", now=AFTER, by=eva.id)
    assert invariants(db, now=AFTER) == []
    deciding.decline(db, report_id=made.id, reason="Fel person", now=AFTER + timedelta(hours=1), by=eva.id)
    with refused(Refusal.REPORT_DECIDED):
        deciding.confirm(db, report_id=made.id, now=AFTER, by=eva.id)
    assert (made.state, made.reason, occasions(db, anna)) == (
        "declined", "Fel person", ["report_confirmed", "report_declined"]
    )  # fmt: skip
    assert invariants(db, now=AFTER + timedelta(hours=1)) == []


def test_only_who_answers_for_a_person_decides_and_that_a_document_was_fetched_is_noted(db, anna, eva):
    made = report(db, anna)
    elsewhere = make.holder(db, Role.DIRECTOR, area=Area.SKARABORG)
    own = report(db, make.person(db))
    for by, reason in ((elsewhere, PeopleRefusal.OUTSIDE_OWN_AREA), (anna, PeopleRefusal.NOT_ONESELF)):
        with refused(reason):
            deciding.confirm(db, report_id=made.id, now=AFTER, by=by.id)
    with pytest.raises(NotFound):
        deciding.confirm(db, report_id=own.id + 99, now=AFTER, by=eva.id)
    for by in (anna, eva):
        assert deciding.fetch(db, report_id=made.id, now=AFTER, by=by.id) == ("application/pdf", PDF)
    looked = select(Entry.by).where(Entry.deed == "report.document_fetched")
    assert db.scalars(looked).all() == [eva.id]
    forgetting.forget(db, person_id=anna.id)
    with pytest.raises(NotFound):
        deciding.fetch(db, report_id=made.id, now=AFTER, by=eva.id)
    assert deciding.fetch(db, report_id=own.id, now=AFTER, by=eva.id)[1] == PDF
    anna.erased_at = AFTER
    assert [each.id for each in shown.waiting(db, areas=None, number=1).rows] == [own.id]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"objectives": []}, Refusal.OBJECTIVE_NOT_DEMANDED),
        ({"objectives": ["a1", "c1"]}, Refusal.OBJECTIVE_NOT_DEMANDED),
        ({"finished_on": date(2027, 2, 1)}, Refusal.REPORTED_AHEAD),
        ({"content": b"MZ\x90"}, Refusal.DOCUMENT_OF_OTHER_KIND),
        ({"content": b"%PDF-" + bytes(rules.LARGEST)}, Refusal.DOCUMENT_TOO_LARGE),
    ],
    ids=["none", "other", "ahead", "program", "large"],
)
def test_what_is_no_report_is_refused(db, anna, facts, reason):
    with refused(reason):
        report(db, anna, **facts)


def test_who_is_no_resident_and_who_waits_for_many_answers_reports_nothing(db, anna, monkeypatch):
    with refused(Refusal.NO_RESIDENT):
        report(db, make.person(db, category=Category.SPECIALIST))
    monkeypatch.setattr(rules, "MOST_OPEN", 1)
    report(db, anna)
    with refused(Refusal.TOO_MANY_REPORTS):
        report(db, anna)


def test_the_rows_alone_tell_nothing_and_a_change_of_keys_seals_the_short_key_anew(db, anna):
    old = replace(SAFE, ring=Ring(SAFE.ring.keys[1:]))
    new, db.info["safe"] = db.info["safe"], old
    made = report(db, anna)
    row = db.get_one(ReportDocument, made.id)
    db.info["safe"] = new
    before = row.content
    assert b"191212" not in before
    assert resealing.seal_anew(db, documents.DOCUMENTS, after=0).done == 1
    assert resealing.seal_anew(db, documents.DOCUMENTS, after=0) is None
    assert (row.content, documents.opened(db, row)) == (before, PDF)
