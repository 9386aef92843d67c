"""A small world around today: every state that a page can show, and the demonstration people in the middle of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings_room import last_run
from session_changes_room import changed, on
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from auth import identities, invitations
from auth.identities import Shown
from auth.models import Grant, Person
from auth.states import Area, Category, Role, Standing
from bookings import (
    allocation,
    applications,
    cancellation,
    exceptions,
    funding,
    left_over_seats,
    precedence,
    publication,
    rounds,
    waitlist,
)
from bookings.lottery_plan import PublicSource
from bookings.minimum import cases
from bookings.models import Booking, Round
from bookings.round_plan import RoundPlan
from bookings.states import BookingState, CancelGround, Ground, PublicKind
from browser.browsing import House
from browser.world_afterwards import held
from courses import closing
from courses.models import Course, CourseSession, SessionLeader
from courses.reports import reporting
from courses.states import Kind, Publicity
from lararportal import clock
from lararportal.dev.people import PEOPLE
from lararportal.outbox import ATTEMPTS, Letter, LetterState

ROLES = {
    "karin.kursledare": Role.LEADER,
    "olle.samordnare": Role.COORDINATOR,
    "eva.studierektor": Role.DIRECTOR,
    "gunnar.granskare": Role.REVIEWER,
    "system.admin": Role.ADMINISTRATOR,
}


@dataclass(frozen=True)
class World:
    """What the tests ask for by name."""

    people: dict[str, int]
    free: int
    """A session with seats left, outside any round."""
    full: int
    """A session without, where somebody waits."""
    open_round: int


def weekdays(first: date, count: int) -> list[date]:
    """The first weekdays from a day on."""
    days = (first + timedelta(days=number) for number in range(count * 3))
    return [day for day in days if day.isoweekday() <= 5][:count]


def populate(house: House) -> World:
    """Fills the database; everything is there when it ends."""
    now = clock.now()
    with house.rows() as db:
        people = {person.subject: _demonstration_person(house, db, person) for person in PEOPLE}
        _pending(db)
        office = people["olle.samordnare"].id
        _published(db, people, office, now)
        open_round = _open(db, people, office, now)
        _waiting_for_the_desk(db, people["eva.studierektor"].id, office, now)
        _favoured(db, people["anna.st"].id, office, now)
        free, full = _outside_of_rounds(db, people, now)
        _offered(db, people["anna.st"], now)
        _changed_by_staff(db, people, office, now)
        _several_sign_ins(db, people["anna.st"], office, now)
        _held(db, people, now)
        _reported(db, people["anna.st"].id, now)
        _given_up(db)
        return World(
            people={subject: person.id for subject, person in people.items()},
            free=free,
            full=full,
            open_round=open_round,
        )


def _demonstration_person(house: House, db: Session, known) -> Person:
    facts = {"given_name": known.given_name, "family_name": known.family_name, "email": known.email}
    if known.subject in ROLES:
        role = ROLES[known.subject]
        person = make.person(db, category=None, residency_start=None, planned_end=None, **facts)
        db.add(Grant(person_id=person.id, role=role, area=Area.GOTEBORG if role is Role.DIRECTOR else None))
    elif known.subject == "sara.specialist":
        person = make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None, **facts)
    else:
        person = make.person(db, **facts)
    house.let_sign_in(db, person, known.subject)
    return person


def _pending(db: Session) -> None:
    # First in every list, so that who follows the first link meets them.
    for name in ("Nils", "Maja"):
        make.person(db, given_name=name, family_name="Aalto", standing=Standing.PENDING)
    # Last in every list, which has a second page with them.
    for _ in range(60):
        make.person(db, family_name="Öberg")


def _session(db: Session, title: str, *, in_days: int, seats: int = 10, **facts) -> CourseSession:
    course = make.course(
        db,
        title=title,
        description="Två dagar med fall och samtal. Du förbereder dig med en digital föreläsning.",
        preparatory_parts=1,
        seats=seats,
        targets=facts.pop("targets", {"ST": 0, "SPEC": 1}),
        kind=facts.pop("kind", Kind.MANDATORY),
    )
    days = weekdays(clock.day_of(clock.now()) + timedelta(days=in_days), 2)
    return make.session(db, of=course, days=days, seats=seats, **facts)


def _planned(
    db: Session,
    title: str,
    sessions: list[CourseSession],
    *,
    opens: datetime,
    closes: datetime,
    second_party_id: int,
    by: int,
) -> Round:
    wanted = RoundPlan(
        term=f"{opens:%Y}-1",
        title=title,
        opens_at=opens,
        closes_at=closes,
        decision_on=clock.day_of(closes + timedelta(days=9)),
        cap=4,
        respite_hours=48,
        session_ids=[session.id for session in sessions],
        second_party_id=second_party_id,
        source=PublicSource(kind=PublicKind.DRAND, at=closes + timedelta(hours=1)),
    )
    return rounds.plan(db, wanted=wanted, now=opens - timedelta(days=3), by=by)


def _apply(db: Session, round_id: int, person: Person, choices: list[int], now: datetime) -> None:
    applications.apply(db, round_id=round_id, person_id=person.id, choices=choices, cap=4, now=now, by=person.id)


def _published(db: Session, people: dict[str, Person], office: int, now: datetime) -> None:
    seat = _session(db, "Försäkringsmedicin", in_days=60)
    small = _session(db, "Hud och venereologi för allmänläkare", in_days=75, seats=1)
    db.add(SessionLeader(session_id=seat.id, person_id=people["karin.kursledare"].id))
    opens, closes = now - timedelta(days=45), now - timedelta(days=20)
    eva = people["eva.studierektor"].id
    round_ = _planned(
        db, "Den förra omgången", [seat, small], opens=opens, closes=closes, second_party_id=eva, by=office
    )
    make.bound(db, round_, at=opens - timedelta(days=1))
    rounds.open_round(db, round_.id, now=opens, by=office)
    rival = make.person(db, planned_end=clock.day_of(now) + timedelta(days=200))
    for person, choices in ((people["anna.st"], [seat.id, small.id]), (rival, [small.id])):
        _apply(db, round_.id, person, choices, opens + timedelta(days=1))
    rounds.close_round(db, round_.id, now=closes, by=office)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=closes, by=office)
    publication.publish(
        db, round_id=round_.id, run_id=last_run(db, round_), now=closes + timedelta(days=5), by=office
    )


def _open(db: Session, people: dict[str, Person], office: int, now: datetime) -> int:
    sessions = [_session(db, f"Öppen kurs {number}", in_days=90 + 7 * number) for number in range(3)]
    opens = now - timedelta(days=15)
    eva = people["eva.studierektor"].id
    closes = now + timedelta(days=9)
    round_ = _planned(db, "Den öppna omgången", sessions, opens=opens, closes=closes, second_party_id=eva, by=office)
    make.bound(db, round_, at=opens - timedelta(days=1))
    rounds.open_round(db, round_.id, now=opens, by=office)
    _apply(db, round_.id, people["anna.st"], [sessions[1].id, sessions[0].id], opens + timedelta(days=1))
    return round_.id


def _waiting_for_the_desk(db: Session, second_party_id: int, office: int, now: datetime) -> None:
    """One round planned, one too late to open, one whose time has come, one closed, one revealed, one drawn up."""
    late = _session(db, "Kurs i omgången Försenad", in_days=130)
    opens, closes = now - timedelta(days=5), now + timedelta(days=18)
    _planned(db, "Försenad", [late], opens=opens, closes=closes, second_party_id=second_party_id, by=office)
    titles = ("Planerad", "Att stänga", "Stängd", "Lottad", "Fördelad")
    for reached, title in enumerate(titles):
        session = _session(db, f"Kurs i omgången {title}", in_days=120 + reached)
        opens, closes = now - timedelta(days=30), now - timedelta(days=1)
        if not reached:
            opens, closes = now + timedelta(days=30), now + timedelta(days=55)
        round_ = _planned(
            db, title, [session], opens=opens, closes=closes, second_party_id=second_party_id, by=office
        )
        if reached:
            make.bound(db, round_, at=opens - timedelta(days=1))
            rounds.open_round(db, round_.id, now=opens, by=office)
            _apply(db, round_.id, make.person(db), [session.id], opens + timedelta(days=1))
        if reached > 1:
            make.closed_early(db, round_, at=now, by=office)
        if reached > 2:
            make.revealed(db, round_)
        if reached > 3:
            allocation.draw_up(db, round_id=round_.id, now=now, by=office)


def _reported(db: Session, anna: int, now: datetime) -> None:
    """Two courses that Anna took elsewhere, of which nobody has confirmed the second."""
    about = {"provider": "Region Halland", "finished_on": date(2026, 9, 4), "content": b"%PDF-1.7", "by": anna}
    for title, objective in (("Ledarskap för läkare", "a1"), ("Vetenskaplig metod", "a5")):
        reporting.report(db, person_id=anna, objectives=[objective], title=title, now=now, **about)


def _favoured(db: Session, anna: int, office: int, now: datetime) -> None:
    """Anna goes before others by a decision: in the line where she waits, and in a course to come."""
    line = db.scalars(
        select(CourseSession).join(Booking).where(Booking.person_id == anna, Booking.state == BookingState.WAITING)
    ).one()
    for course_id in (line.course_id, make.course(db, title="Försäkringsmedicin, fördjupning").id):
        precedence.grant(db, person_id=anna, course_id=course_id, reason="Kursen ställdes in.", now=now, by=office)
    exceptions.place_by_precedence(
        db,
        session_id=line.id,
        person_id=anna,
        ground=Ground.OUR_MISTAKE,
        reason="Förturen fattades när omgången stängde.",
        now=now,
        by=office,
    )


def _offered(db: Session, anna: Person, now: datetime) -> None:
    """Anna has an offer to answer, is asked in a call-out, and waits for two sessions of one course."""
    waited_for = {
        in_days: _session(db, f"Kurs om {in_days} dagar", in_days=in_days, seats=1) for in_days in (3, 12, 70)
    }
    course = db.get_one(Course, waited_for[70].course_id)
    sister = make.session(db, of=course, days=weekdays(clock.day_of(now) + timedelta(days=82), 2), seats=1)
    for session in (*waited_for.values(), sister):
        holder = make.person(db)
        left_over_seats.book(db, session_id=session.id, person_id=holder.id, now=now, by=None)
        waitlist.join(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
        if session.starts_on < waited_for[70].starts_on:
            cancellation.cancel(db, session_id=session.id, person_id=holder.id, reason="", now=now, by=None)
            waitlist.fill(db, session_id=session.id, now=now)


def _to_be_rescued(db: Session, few: CourseSession, full: CourseSession, now: datetime) -> None:
    """Too few have booked one and another that reserves seats yet; enough wait for the third to open a reserve."""
    left_over_seats.book(db, session_id=few.id, person_id=make.person(db).id, now=now, by=None)
    sister = make.session(
        db,
        of=db.get_one(Course, few.course_id),
        days=weekdays(clock.day_of(now) + timedelta(days=61), 2),
        seats=2,
    )
    for _ in range(2):
        left_over_seats.book(db, session_id=sister.id, person_id=make.person(db).id, now=now, by=None)
    waitlist.join(db, session_id=sister.id, person_id=make.person(db).id, now=now, by=None)
    make.session(db, of=db.get(Course, few.course_id), days=weekdays(clock.day_of(now) + timedelta(days=81), 2))
    cases.ask_for_decision(db, few.id, now=now, by=None)
    _session(db, "Ledarskap, fördjupning", in_days=50, minimum=6, reserves={"SPEC": 2})
    make.session(
        db,
        of=db.get_one(Course, full.course_id),
        days=weekdays(clock.day_of(now) + timedelta(days=71), 2),
        minimum=1,
        publicity=Publicity.DRAFT,
        is_reserve=True,
    )


def _given_back(db: Session, session: CourseSession, anna: Person, now: datetime) -> None:
    """Anna has just given a seat back, and can have it again; somebody gave one back late, last month."""
    last_month = now.replace(day=1) - timedelta(days=2)
    early = make.session(db, days=weekdays(clock.day_of(last_month) + timedelta(days=7), 1))
    late = make.person(db, given_name="Ylva", family_name="Sen", workplace="Vårdcentralen Asken")
    for person, chosen, begin, end in (
        (late, early, last_month - timedelta(days=6), last_month),
        (anna, session, now - timedelta(days=6), now),
    ):
        left_over_seats.book(db, session_id=chosen.id, person_id=person.id, now=begin, by=person.id)
        cancellation.cancel(
            db,
            session_id=chosen.id,
            person_id=person.id,
            reason="Har jour",
            ground=CancelGround.OTHER,
            now=end,
            by=person.id,
        )


def _changed_by_staff(db: Session, people: dict[str, Person], office: int, now: datetime) -> None:
    """A session with more people than seats, one that Anna must choose to stay in, one whose booking is closed."""
    crowded = _session(db, "Smärta och smärtlindring", in_days=24, seats=3)
    moved, other = (
        _session(db, title, in_days=in_days) for title, in_days in (("Flyttad kurs", 130), ("Krock", 140))
    )
    db.add(SessionLeader(session_id=crowded.id, person_id=people["karin.kursledare"].id))
    residents = [make.person(db) for _ in range(3)]
    for session, who in ((crowded, residents), (moved, [people["anna.st"]]), (other, [people["anna.st"]])):
        for person in who:
            left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=None)
    changed(db, crowded, now=now, seats=2)
    changed(db, moved, now=now, days=on(*(day.day for day in other.days)))
    closing.close_booking(
        db, session_id=other.id, reason="Kursledaren delar in grupperna.", now=now, by=people["olle.samordnare"].id
    )
    paid = db.scalars(select(Booking.id).where(Booking.person_id == residents[0].id)).all()
    funding.settle(db, booking_ids=paid, now=now, by=office)


def _outside_of_rounds(db: Session, people: dict[str, Person], now: datetime) -> tuple[int, int]:
    free = _session(db, "Sluten vård av barn", in_days=45, kind=Kind.CLINICAL)
    full = _session(db, "Palliativ vård", in_days=50, seats=1)
    few = _session(db, "Ledarskap", in_days=20, minimum=6)
    other = make.session(
        db, of=db.get_one(Course, free.course_id), days=weekdays(clock.day_of(now) + timedelta(days=100), 2)
    )
    for session in (free, full, few):
        db.add(SessionLeader(session_id=session.id, person_id=people["karin.kursledare"].id))
    _given_back(db, other, people["anna.st"], now)
    left_over_seats.book(db, session_id=full.id, person_id=make.person(db).id, now=now, by=None)
    waitlist.join(db, session_id=full.id, person_id=people["anna.st"].id, now=now, by=people["anna.st"].id)
    left_over_seats.book(db, session_id=other.id, person_id=people["sara.specialist"].id, now=now, by=None)
    _to_be_rescued(db, few, full, now)
    make.session(
        db, of=db.get_one(Course, few.course_id), publicity=Publicity.DRAFT, days=weekdays(other.starts_on, 2)
    )
    db.flush()
    return free.id, full.id


def _held(db: Session, people: dict[str, Person], now: datetime) -> None:
    over = _session(db, "Kurs som har hållits", in_days=-9)
    days = weekdays(clock.day_of(now) - timedelta(days=20), 1)
    before = make.session(db, of=db.get_one(Course, over.course_id), days=days)
    held(db, people, before=before, over=over, now=now)


def _several_sign_ins(db: Session, anna: Person, office: int, now: datetime) -> None:
    """Anna comes in two ways; one invitation is open, and one is too old."""
    came = Shown(
        issuer="https://idp.example",
        kind="hsa_id",
        value="SE2321000131-P000000000001",
        given_name="",
        family_name="",
        provider="SITHS-kort",
    )
    identities.link(db, person=anna, shown=came, now=now, by=anna.id)
    for name, days in (("Erik", 1), ("Disa", 30)):
        address = f"{name.lower()}.wikstrom-bergqvist@narhalsan-mottagningen.example.org"
        facts = {"given_name": name, "family_name": "Wikström-Bergqvist", "email": address, "roles": [Role.REVIEWER]}
        invitations.invite_somebody_new(
            db,
            **facts,
            bound=invitations.by_email(address),
            lasts=timedelta(days=14),
            now=now - timedelta(days=days),
            by=office,
        )


def _given_up(db: Session) -> None:
    """The last letter, which the mail server did not want."""
    db.flush()
    letter = db.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
    letter.state, letter.attempts, letter.answer = LetterState.FAILED, ATTEMPTS, "550 5.1.1 unknown"
