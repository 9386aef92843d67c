"""The invoice basis: what is in it, for which period, who may take it, and that each look is remembered."""

import io
import re
from datetime import date, datetime, timedelta
from html import escape
from urllib.parse import quote

import pytest
from bookings_pages import words_of
from openpyxl import load_workbook
from portals import STOPPED
from processes import room_for
from sqlalchemy import select

import make
from auth.states import Category
from bookings import cancellation, charging, seats
from bookings.models import Booking
from bookings.states import LATE, BookingState, CancelGround, Origin
from courses.states import Publicity
from lararportal import clock
from lararportal.audit import invariants
from lararportal.journal import Entry

PATH, FILE = "/samordning/fakturaunderlag", "/samordning/fakturaunderlag.xlsx"
APRIL = "?fran=2027-04-01&till=2027-04-30"
MAY = clock.parse("2027-05-10T08:00")
LONG_BEFORE = clock.parse("2027-01-11T08:00")
HEADINGS = [
    "Namn",
    "Kategori",
    "Arbetsplats",
    "Underlag",
    "Kurskod",
    "Kurs",
    "Ort och lokal",
    "Första dag",
    "Kursdagar",
    "Avbokad",
    "Andel av kursavgiften",
]


def seat(db, session, person) -> Booking:
    booking = Booking(
        person_id=person.id,
        session_id=session.id,
        state=BookingState.WAITING,
        origin=Origin.DIRECT,
        rank=1,
        wave=LATE,
        key=[],
        joined_at=LONG_BEFORE,
    )
    db.add(booking)
    db.flush()
    seats.take(db, booking, session, now=LONG_BEFORE)
    return booking


def cancelled(db, session, person, *, at: str, ground=CancelGround.OTHER, reason="Jour", **more) -> Booking:
    seat(db, session, person)
    facts = {"ground": ground, "reason": reason, "now": clock.parse(at), "by": person.id, **more}
    return cancellation.cancel(db, session_id=session.id, person_id=person.id, **facts)


def put_down(db, *, at: datetime = MAY) -> None:
    """As the tick would."""
    for session_id in charging.due(db, now=at):
        charging.settle(db, session_id, now=at, by=None)
    db.flush()


def doctor(db, name: str, **facts):
    return make.person(db, given_name=name, family_name="Ek", **facts)


def before_residency(db, name: str, **facts):
    return doctor(db, name, category=Category.PRE_ST, residency_start=None, planned_end=None, **facts)


@pytest.fixture
def session(db):
    course = make.course(db, code="KL1", title="Dermatologi", targets={"ST": 0, "PRE": 1})
    return make.session(db, of=course, days=[date(2027, 4, 19), date(2027, 4, 20)], place="Skövde")


@pytest.fixture
def office(db, visit):
    return visit(make.coordinator(db), at=MAY)


def rows_of(answer) -> list[list]:
    page = load_workbook(io.BytesIO(answer.data)).active
    found = [[cell.value for cell in row] for row in page.iter_rows()]
    assert found[0] == HEADINGS
    return found[1:]


def names(answer) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/personer/\d+">(\w+) Ek</a>', answer.text)


def test_late_cancellations_and_seats_that_an_employer_pays_are_in_it(db, office, session):
    fee = ((30, 50), (14, 100))
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-02T09:30", fee=fee)
    cancelled(db, session, doctor(db, "Bo"), at="2027-04-12T10:00", fee=fee, ground=CancelGround.CARE, reason="")
    seat(db, session, before_residency(db, "Cia", workplace="Vårdcentralen Asken"))
    put_down(db)
    usual = ["KL1", "Dermatologi", "Skövde", datetime.fromisoformat("2027-04-19"), "19 och 20 april 2027"]
    eken, late, when = "Vårdcentralen Eken", "sen avbokning", datetime.fromisoformat

    page, file = words_of(office.get(PATH)), office.get(FILE, buffered=True)

    assert rows_of(file) == [
        ["Cia Ek", "legitimerad läkare före ST", "Vårdcentralen Asken", "genomförd plats", *usual, None, 1],
        [
            "Anna Ek",
            "ST-läkare (2015 års regler)",
            eken,
            late,
            *usual,
            when("2027-04-02T09:30"),
            0.5,
        ],
    ]
    assert "2 rader, 1 apr. 2027 till 30 apr. 2027" in page
    assert "Anna Ek Vårdcentralen Eken ST-läkare (2015 års regler) Dermatologi 19 och 20 april 2027, Skövde" in page
    assert "sen avbokning 2 april 2027 kl. 09.30 Jour 50 %" in page


def test_what_is_recorded_only_says_so(db, office, session):
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-12T10:00")

    assert "Jour antecknas bara" in words_of(office.get(PATH))
    [row] = rows_of(office.get(FILE, buffered=True))
    assert row[-1] is None


def test_what_somebody_told_in_words_stays_in_the_portal(db, office, session):
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-12T10:00", reason="Ensam på jouren")

    cancelled(db, session, doctor(db, "Bo"), at="2027-04-12T10:00", ground=CancelGround.ILLNESS)

    page, file = words_of(office.get(PATH)), str(rows_of(office.get(FILE, buffered=True)))
    assert [word for word in ("Ensam", "sjuk", "Bo Ek") if word in file] == []
    assert "Bo Ek" not in page


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2027-03-31T23:59", False),
        ("2027-04-01T00:00", True),
        ("2027-04-18T23:59", True),
    ],
)
def test_a_late_cancellation_belongs_to_the_day_it_was_made(db, office, session, at, there):
    cancelled(db, session, doctor(db, "Anna"), at=at)

    assert (names(office.get(PATH + APRIL)) == ["Anna"]) is there


@pytest.mark.parametrize(
    ("days", "there"),
    [
        ([date(2027, 4, 30)], True),
        ([date(2027, 4, 30), date(2027, 5, 3)], False),
        ([date(2027, 3, 31), date(2027, 4, 1)], True),
        ([date(2027, 3, 31)], False),
    ],
)
def test_a_seat_belongs_to_the_last_day_of_its_session(db, office, days, there):
    seat(db, make.session(db, days=days), before_residency(db, "Cia"))
    put_down(db)

    assert (names(office.get(PATH + APRIL)) == ["Cia"]) is there


def test_a_seat_is_in_it_once_the_session_is_over(db, visit, session):
    seat(db, session, before_residency(db, "Cia"))
    olle = make.coordinator(db)

    for at, there in (("2027-04-20T23:59", []), ("2027-04-21T00:00", ["Cia"])):
        put_down(db, at=clock.parse(at))
        assert names(visit(olle, at=clock.parse(at)).get(PATH + APRIL)) == there


def test_nobody_is_invoiced_for_what_was_in_time_undone_called_off_or_a_residents_seat(db, office, session):
    cancelled(db, session, doctor(db, "Anna"), at="2027-03-20T10:00")
    bo = doctor(db, "Bo")
    cancelled(db, session, bo, at="2027-04-12T10:00")
    undone_at = clock.parse("2027-04-12T10:05")
    cancellation.undo(db, session_id=session.id, person_id=bo.id, now=undone_at, by=bo.id)
    seat(db, session, doctor(db, "Cia"))
    gone = make.session(db, days=[date(2027, 4, 26)])
    cancelled(db, gone, doctor(db, "Dan"), at="2027-04-12T10:00")
    seat(db, gone, before_residency(db, "Eva"))
    gone.publicity = Publicity.CALLED_OFF
    db.flush()
    put_down(db, at=clock.parse("2027-04-30T12:00"))

    text = words_of(office.get(PATH + APRIL))

    assert "Inget att fakturera" in text
    assert "Hämta som Excel-fil" not in text
    assert rows_of(office.get(FILE + APRIL, buffered=True)) == []


def test_at_first_it_is_the_last_month(db, visit):
    browser = visit(make.coordinator(db), at=clock.parse("2027-01-31T23:30"))

    page = browser.get(PATH).text

    assert [re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in ("fran", "till")] == [
        "2026-12-01",
        "2026-12-31",
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("?fran=2027-04-30&till=2027-04-01", "Till och med: Den sista dagen behöver vara samma dag som den första"),
        ("?fran=2027-04-31&till=2027-04-30", "Från och med: Skriv ett datum, till exempel 2027-03-02."),
        ("?fran=2027-04-01", "Till och med: Det här behöver fyllas i."),
        ("?fran=0027-04-01&till=2027-04-01", "Från och med:"),
    ],
)
def test_a_period_that_is_none_is_told_and_what_was_typed_stays(db, office, asked, message):
    for path in (PATH, FILE):
        answer = office.get(path + asked)

        assert answer.status_code == 400
        assert message in words_of(answer)
    assert re.findall(r"\d{4}-\d\d-\d\d", asked)[0] in answer.text
    assert db.scalars(select(Entry).where(Entry.deed.like("invoice_basis.%"))).all() == []


def test_the_file_is_one_to_keep_and_not_to_store_on_the_way(office):
    answer = office.get(FILE + APRIL, buffered=True)

    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == 'attachment; filename="fakturaunderlag-2027-04-01-2027-04-30.xlsx"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_file_asks_for_a_proof_that_is_minutes_old_and_leads_back_to_the_page_of_its_period(db, office, session):
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-12T10:00")
    office.environ_base[STOPPED] = MAY + timedelta(minutes=11)
    answer = office.get(FILE + APRIL)

    assert answer.location == f"/logga-in/igen?next={quote(PATH + APRIL, safe='/?')}"
    assert f'name="next" value="{escape(PATH + APRIL)}"' in office.get(answer.location).text
    assert db.scalars(select(Entry).where(Entry.deed.like("invoice_basis.%"))).all() == []
    assert names(office.get(PATH + APRIL)) == ["Anna"]


def test_a_file_for_which_the_disk_has_no_room_is_told_in_words_and_not_noted(db, office, session):
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-12T10:00")
    # What the page of errors is made of has been written for the next time, whichever test comes first.
    assert office.get("/finns-inte").status_code == 404
    before, found = db.scalars(select(Entry.deed)).all(), invariants(db, now=MAY)
    with room_for(4096):
        answer = office.get(FILE + APRIL)

    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "ärendenummer" in words_of(answer)
    assert (db.scalars(select(Entry.deed)).all(), invariants(db, now=MAY)) == (before, found)
    assert office.get(FILE + APRIL, buffered=True).status_code == 200


def test_names_are_no_formulas(db, office, session):
    cancelled(db, session, doctor(db, "Anna", workplace="=1+1"), at="2027-04-12T10:00")
    cancelled(db, session, doctor(db, "-Bo", workplace="@SUM(A1)"), at="2027-04-12T10:00")

    assert sorted((row[0], row[2]) for row in rows_of(office.get(FILE, buffered=True))) == [
        ("'-Bo Ek", "'@SUM(A1)"),
        ("Anna Ek", "'=1+1"),
    ]


def test_each_look_is_in_the_journal(db, visit, session):
    olle = make.coordinator(db)
    browser = visit(olle, at=MAY)
    cancelled(db, session, doctor(db, "Anna"), at="2027-04-12T10:00")

    browser.get(PATH)
    browser.get(FILE, buffered=True)

    looks = select(Entry.deed, Entry.by, Entry.at, Entry.facts).where(Entry.deed.like("invoice_basis.%"))
    april = {"first": "2027-04-01", "last": "2027-04-30"}
    assert [tuple(each) for each in db.execute(looks.order_by(Entry.id))] == [
        ("invoice_basis.seen", olle.id, MAY, {**april, "page": 1, "rows": 1}),
        ("invoice_basis.handed_out", olle.id, MAY, april),
    ]


def test_a_long_list_has_pages_and_costs_no_more_statements(db, office, queries):
    counts = []
    for count in (1, 60):
        for number in range(count):
            days = [date(2027, 4, 12) + timedelta(days=number % 10)]
            seat(db, make.session(db, days=days), before_residency(db, "Cia"))
        put_down(db)
        for path in (PATH, FILE):
            queries.reset()
            answer = office.get(path, buffered=True)
            counts.append(queries.count)
    assert counts[:2] == counts[2:]
    assert len(rows_of(answer)) == 61

    first, second = (office.get(f"{PATH}{APRIL}&sida={number}") for number in (1, 2))
    assert "Sida 1 av 2 (61 totalt)" in words_of(first)
    assert (len(names(first)), len(names(second))) == (50, 11)
    assert "fran=2027-04-01&amp;till=2027-04-30&amp;sida=2" in first.text


def test_the_desk_leads_to_it(office):
    assert f'href="{PATH}"' in office.get("/samordning").text
