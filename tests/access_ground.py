"""Where the walk through every address goes: somebody of each role; of each thing, one of theirs and one that is not.

Anna is the resident, and Göteborg is the director's area. Bo, who is elsewhere, has what she has.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from access_words import ADMINISTRATOR, COORDINATOR, DIRECTOR, LEADER, PENDING, RESIDENT, REVIEWER, SPECIALIST
from bookings_room import AFTER, drawn_up, place, published, seat, sent
from evaluation_room import closed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import make
from auth import invitations, login_sessions, personal_numbers
from auth.models import Identity, LoginSession, Person
from auth.states import Area, Category, Role, Standing
from bookings import calendar_feeds, precedence, seats
from bookings.models import Booking
from bookings.queries import own_feed, seated
from bookings.states import BookingState, RoundState
from courses.certificates import issuing
from courses.evaluations import box, opening
from courses.materials import keeping
from courses.models import Certificate, Completion, Course, CourseSession, Review, ReviewAction
from courses.preparation import parts
from courses.preparation.parts import PartFacts
from courses.reports import reporting
from courses.states import CourseOutcome, MaterialShown, Publicity
from lararportal.outbox import Letter

NEAR, FAR, LED, LED_BY_OTHERS = "Nära", "Fjärran", "Trollhättan", "Skövde"
"""What stands on a page that shows Anna, Bo, the leader's session, and that of another leader."""

PNG = b"\x89PNG\r\n\x1a\n"
FACTS = PartFacts(place=1, title="Läs", about="", address="", minutes=20, questions=[])
SOON = AFTER + timedelta(days=2)


@dataclass(frozen=True)
class Made:
    """The persons by who they are, and what stands in addresses, by name."""

    persons: dict[str, int]
    ids: dict[str, int | str]


def everything(db: Session) -> Made:
    """Made once."""
    persons = _persons(db)
    anna = persons[RESIDENT]
    bo = make.person(db, area=Area.SKARABORG, family_name=FAR)
    ids = {"near": anna.id, "far": bo.id, **_seats(db, anna, bo), **_rounds(db, anna, bo, persons[DIRECTOR])}
    ids |= _led(db, persons[LEADER], anna, bo)
    course = make.course(db)
    ids["course_part"] = _part(db, course)
    for name, each in (("near", anna), ("far", bo)):
        made = precedence.grant(
            db, person_id=each.id, course_id=course.id, reason="-", now=AFTER, by=persons[COORDINATOR].id
        )
        ids[f"{name}_precedence"] = made.id
    for value, each in (("191212121212", anna), ("198001610008", bo)):
        personal_numbers.keep_shown(db, person_id=each.id, kind=personal_numbers.KIND, value=value, now=AFTER)
    for name, each in (("near", anna), ("far", bo)):
        login_sessions.begin(db, person_id=each.id, provider="p", id_token="", now=AFTER)
        found = select(LoginSession.id).where(LoginSession.person_id == each.id)
        ids[f"{name}_sign_in"] = db.scalars(found).one()
    for name, each in (("near", anna), ("far", bo)):
        made = Identity(person_id=each.id, issuer="https://idp.example", kind="sub", value=name, linked_at=AFTER)
        db.add(made)
        db.flush()
        ids[f"{name}_identity"] = made.id
    calendar_feeds.open_anew(db, person_id=anna.id, now=AFTER, by=anna.id)
    ids["feed"] = own_feed(db, anna.id).token
    for name, each in (("near", anna), ("far", bo)):
        about = {"objectives": ["a1"], "title": "Kurs", "provider": name, "finished_on": date(2026, 1, 1)}
        report = reporting.report(db, person_id=each.id, content=b"\x89PNG\r\n\x1a\n", now=AFTER, by=each.id, **about)
        ids[f"{name}_report"] = report.id
    ids |= _reviewed(db, course.id) | _written(db)
    ids |= _invited(db, persons[COORDINATOR])
    ids["letter"] = db.scalars(select(func.min(Letter.id)).where(Letter.person_id == anna.id)).one()
    return Made({name: each.id for name, each in persons.items()}, ids | _courses(db, course.code))


def _reviewed(db: Session, course_id: int) -> dict[str, int | str]:
    """A review that was answered, and what was promised."""
    figures = {"sessions": 1, "participants": 12, "asked": 12, "answered": 9}
    made = Review(half="2026-2", course_id=course_id, opened_at=AFTER, **figures)
    made.actions = [ReviewAction(what="Nytt fall", responsible="Enheten", due_on=date(2027, 6, 1))]
    db.add(made)
    db.flush()
    return {"review": made.id, "action": made.actions[0].id}


def _written(db: Session) -> dict[str, int | str]:
    """What five have written of a course, and can be read."""
    session = closed(db, *[{"keep": "Fallen"}] * 5).session
    return {"evaluated": session.id, "imprint": box.imprint(db, session.id, "keep", "Fallen")}


def _invited(db: Session, office: Person) -> dict[str, int | str]:
    """An invitation, and the link in its letter."""
    wanted = {"given_name": "Gunnar", "family_name": "Dahl", "email": "gunnar@klinik.example", "roles": []}
    made = invitations.invite_somebody_new(
        db,
        **wanted,
        bound=invitations.by_email(wanted["email"]),
        lasts=timedelta(days=14),
        now=AFTER - timedelta(days=1),
        by=office.id,
    )
    db.flush()
    [body] = db.scalars(select(Letter.body).where(Letter.occasion == "invited"))
    return {"invitation": made.id, "link": body.partition("/inbjudan/")[2].split()[0]}


def _persons(db: Session) -> dict[str, Person]:
    return {
        PENDING: make.person(db, standing=Standing.PENDING),
        RESIDENT: make.person(db, family_name=NEAR),
        SPECIALIST: make.person(db, category=Category.SPECIALIST),
        LEADER: make.holder(db, Role.LEADER),
        COORDINATOR: make.coordinator(db),
        DIRECTOR: make.holder(db, Role.DIRECTOR, area=Area.GOTEBORG),
        REVIEWER: make.holder(db, Role.REVIEWER),
        ADMINISTRATOR: make.holder(db, Role.ADMINISTRATOR),
    }


def _part(db: Session, course: Course) -> int:
    """A part of the preparation with a file."""
    made = make.part(db, course)
    parts.put_file(db, course_id=course.id, part_id=made, content=PNG, now=AFTER, by=make.coordinator(db).id)
    return made


def _on(db: Session, day: int, **facts) -> CourseSession:
    return make.session(db, **{"days": [date(2027, 4, day)], **facts})


def _seats(db: Session, anna: Person, bo: Person) -> dict[str, int | str]:
    """Whatever somebody can have in a session."""
    course = make.course(db)
    part = _part(db, course)
    seated, waited, offered, moved = (_on(db, day, of=each) for day, each in enumerate([course, None, None, None], 1))
    ids = {"near_booking": seat(db, seated, anna).id, "far_booking": seat(db, seated, bo).id}
    for each in (waited, offered, moved):
        each.seats = 1
    seat(db, waited, make.person(db))
    place(db, waited, anna)
    place(db, waited, bo)
    offered.seats_offered = 1
    place(db, offered, anna, state=BookingState.OFFERED, asked_at=AFTER, answer_by=SOON)
    held: Booking = seat(db, moved, anna)
    seats.leave_to_choose(db, [(held, SOON)], now=AFTER)
    seat(db, _on(db, 4), anna)
    sister = _on(db, 5, of=course)
    sessions = {"seated": seated, "waited": waited, "offered": offered, "moved": moved, "sister": sister}
    return {**ids, **{name: each.id for name, each in sessions.items()}, "part": part, "free": _on(db, 6).id}


def _rounds(db: Session, anna: Person, bo: Person, director: Person) -> dict[str, int | str]:
    """A round in each state, and the lotteries of the director and of another one."""
    given, wanted = _on(db, 7), _on(db, 8)
    open_ = make.round_of(db, wanted)
    sent(db, open_, anna, wanted)
    theirs, others = (
        make.round_of(
            db, _on(db, 9), state=RoundState.PLANNED, waived_at=None, waiver_reason=None, second_party_id=each.id
        )
        for each in (director, make.holder(db, Role.DIRECTOR, area=Area.SKARABORG))
    )
    rounds = {
        "published": published(db, {anna: [_on(db, 10)], bo: [_on(db, 11)]}, term="2026-2"),
        "drawn_up": drawn_up(db, {make.person(db): [given]}, term="2026-1"),
        "open": open_,
        "planned": make.round_of(db, _on(db, 9), state=RoundState.PLANNED),
        "own_lottery": theirs,
        "lottery_of_others": others,
    }
    return {**{name: each.id for name, each in rounds.items()}, "given": given.id}


def _led(db: Session, leader: Person, anna: Person, bo: Person) -> dict[str, int | str]:
    led = _on(db, 12, place=LED, leaders=[leader])
    others = _on(db, 13, place=LED_BY_OTHERS, leaders=[make.holder(db, Role.LEADER)])
    seat(db, led, anna)
    by, said = leader.id, {"title": "Bilder", "shown": MaterialShown.ALWAYS, "content": PNG}
    material = keeping.add_file(db, session_id=led.id, now=AFTER, by=by, **said).id
    part = parts.add_to_session(db, session_id=led.id, facts=FACTS, content=PNG, now=AFTER, by=by).id
    led.completed_at, led.completed_by = AFTER, leader.id
    codes = {"near": "CDFHJKMNPQRT", "far": "TRQPNMKJHFDC"}
    certified = {
        f"{name}_certificate": _certificate(db, led, each, leader, code=codes[name])
        for name, each in {"near": anna, "far": bo}.items()
    }
    opening.open_(db, led.id, roster=seated, now=AFTER, by=None)
    return {
        "led": led.id,
        "led_by_others": others.id,
        "led_course": led.course.code,
        "led_material": material,
        "led_part": part,
        "certificate_code": codes["near"],
        **certified,
    }


def _certificate(db: Session, session: CourseSession, person: Person, leader: Person, *, code: str) -> int:
    """Somebody has been through the session, and has the paper."""
    counted = {"minutes": 420, "half_days": 2, "of_half_days": 2}
    decided = {"outcome": CourseOutcome.PASSED, "competence_met": True, "lacks": [], "told_of": []}
    db.add(Completion(session_id=session.id, person_id=person.id, decided_at=AFTER, **counted, **decided))
    db.flush()
    issuing.ask(db, session_id=session.id, people=[person.id], now=AFTER, by=leader.id)
    [made] = issuing.waiting_of(db, session.id)
    issuing.make(db, made, now=AFTER, by=None)
    db.get_one(Certificate, made).code = code
    db.flush()
    return made


def _courses(db: Session, code: str) -> dict[str, int | str]:
    """What everybody knows of, and what only coordinators do."""
    return {
        "course": code,
        "draft_course": make.course(db, publicity=Publicity.DRAFT).code,
        "draft": _on(db, 14, publicity=Publicity.DRAFT).id,
        "reserve": _on(db, 15, publicity=Publicity.DRAFT, is_reserve=True).id,
    }
