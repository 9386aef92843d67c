"""The golden copies of what is posted about the days of a session."""

from collections.abc import Callable
from datetime import date, timedelta

from letter_facts import ANNA, NOW, SKIN, Desk, session

from auth.models import Person
from courses import letters
from courses.days.half_days import halves_of
from courses.models import (
    Certificate,
    Completion,
    CourseReport,
    CourseSession,
    Evaluation,
    Message,
    PreparationPart,
    Review,
    ReviewAction,
)
from courses.states import Absence, CertificateKind, CourseOutcome, Presence


def absent(states: list[Presence | None], *lacks: str, absence: Absence | None = None) -> Callable[[Desk], None]:
    missed = [(half, state) for half, state in zip(halves_of(SKIN), states, strict=True) if state != Presence.PRESENT]
    outcome = CourseOutcome.NOT_PASSED if lacks else CourseOutcome.PASSED
    completion = Completion(outcome=outcome, lacks=list(lacks), absence=absence)
    return lambda db: letters.absence_noted(
        db, person=ANNA, session=SKIN, missed=missed, completion=completion, now=NOW
    )


def certificate(posts: Callable[..., None], kind=CertificateKind.A_2015, version=1) -> Callable[[Desk], None]:
    content = {"course": SKIN.course.title, "days": [str(each.day) for each in SKIN.days]}
    made = Certificate(id=5, year=2027, serial=42, version=version, kind=kind, content=content)
    return lambda db: posts(db, person=ANNA, certificate=made, now=NOW)


def report(posts: Callable[..., None]) -> Callable[[Desk], None]:
    said = {"title": "Ledarskap för läkare", "provider": "Region Halland", "objectives": ["a1", "a5"]}
    made = CourseReport(id=5, finished_on=date(2026, 11, 6), **said)
    return lambda db: posts(db, person=ANNA, report=made, decided_by="Eva Strand", now=NOW)


def to_prepare(db: Desk) -> None:
    lacking = [
        PreparationPart(title="Föreläsning: Hudens sjukdomar", minutes=45),
        PreparationPart(title="Ta med ett eget fall", minutes=20),
    ]
    asked = session(9, "Hudsjukdomar", "Göteborg, Aspen", date(2027, 3, 15), prepare_by=date(2027, 3, 10))
    letters.preparation_reminder(db, person=ANNA, session=asked, lacking=lacking, now=NOW)


def evaluated(answered: int, asked: int = 18) -> Callable[[Desk], None]:
    made = Evaluation(answered=answered, asked=asked)
    return lambda db: letters.evaluation_closed(db, person=ANNA, session=SKIN, evaluation=made, now=NOW)


def reminded(number: int) -> Callable[[Desk], None]:
    about = {"person": ANNA, "session": SKIN, "closes_on": ANSWER_BY, "number": number}
    return lambda db: letters.evaluation_reminder(db, **about, now=NOW)


def reviewed(posts: Callable[..., None], **facts) -> Callable[[Desk], None]:
    made = Review(id=5, half="2026-2", course=SKIN.course)
    return lambda db: posts(db, person=ANNA, review=made, now=NOW, **facts)


def late(db: Desk) -> None:
    promised = {"what": "Byt ut fallet om eksem", "responsible": "Kursenheten", "due_on": date(2027, 6, 1)}
    action = ReviewAction(id=3, review_id=5, review=Review(id=5, half="2026-2", course=SKIN.course), **promised)
    letters.review_action_late(db, person=ANNA, action=action, now=NOW)


PROMISED = [ReviewAction(what="Byt ut fallet om eksem", due_on=date(2027, 6, 1))]
PROGRAMME = ((1, "08:30", "Inledning", "Anna Ek"), (1, "10:00", "Fika", ""), (2, "08:30", "Fall", "Bo Al"))
ANSWER_BY = max(each.day for each in SKIN.days) + timedelta(days=21)


def summoned(*, prepares: bool = True, rows: tuple = PROGRAMME) -> Callable[[Desk], None]:
    asked = given(rows, prepare_by=date(2027, 3, 10) if prepares else None)
    return lambda db: letters.summons(db, person=ANNA, session=asked, prepares=prepares, now=NOW)


def given(rows: tuple = PROGRAMME, **facts) -> CourseSession:
    programme = [dict(zip(("day", "at", "title", "teacher"), row, strict=True)) for row in rows]
    days = (date(2027, 3, 15), date(2027, 3, 16))
    return session(9, "Hudsjukdomar", "Göteborg, Aspen", *days, programme=programme, **facts)


def told_anew(*, is_first: bool) -> Callable[[Desk], None]:
    return lambda db: letters.programme_changed(db, person=ANNA, session=given(), is_first=is_first, now=NOW)


def to_complete(number: int) -> Callable[[Desk], None]:
    return lambda db: letters.completion_reminder(db, person=ANNA, session=SKIN, number=number, now=NOW)


LENA = Person(id=8, given_name="Lena", family_name="Ek", email="lena.ek@example.org")


def written(db: Desk) -> None:
    text = "vi har bytt lokal till Eken på plan 2.\n\nTa med:\n- stetoskop\n- ett eget fall, utan namn"
    about = {"message": Message(id=5, subject="Ny lokal på måndag", text=text), "writer": LENA, "answers": LENA.email}
    letters.message(db, person=ANNA, session=SKIN, now=NOW, **about)


ABOUT_DAYS: dict[str, Callable[[Desk], None]] = {
    "absence_noted": absent(
        [Presence.PRESENT, None, Presence.ABSENT_ILL, Presence.PRESENT], "attendance", "competence"
    ),
    "absence_noted.passed": absent([Presence.PRESENT, Presence.ABSENT_OTHER, *[Presence.PRESENT] * 2]),
    "absence_noted.ill": absent([Presence.ABSENT_ILL] * 4, "attendance", absence=Absence.ILL),
    "absence_noted.no_show": absent([None] * 4, "attendance", absence=Absence.NO_SHOW),
    "preparation_reminder": to_prepare,
    "completion_reminder": to_complete(1),
    "completion_reminder.again": to_complete(2),
    "message": written,
    "programme_changed": told_anew(is_first=False),
    "programme_changed.first": told_anew(is_first=True),
    "summons": summoned(),
    "summons.bare": summoned(prepares=False, rows=()),
    "certificate_ready": certificate(letters.certificate_ready),
    "certificate_ready.again": certificate(letters.certificate_ready, CertificateKind.B, 2),
    "certificate_withdrawn": certificate(letters.certificate_withdrawn),
    "report_confirmed": report(letters.report_confirmed),
    "report_declined": report(letters.report_declined),
    "review_action_late": late,
    "review_opened": lambda db: letters.review_opened(db, person=ANNA, half="2026-2", courses=12, now=NOW),
    "review_stated": reviewed(letters.review_stated),
    "review_answered": reviewed(letters.review_answered, actions=PROMISED),
    "review_answered.nothing": reviewed(letters.review_answered, actions=[]),
    "evaluation_opened": lambda db: letters.evaluation_opened(
        db, person=ANNA, session=SKIN, closes_on=ANSWER_BY, now=NOW
    ),
    "evaluation_reminder": reminded(1),
    "evaluation_reminder.last": reminded(2),
    "evaluation_closed": evaluated(12),
    "evaluation_closed.few": evaluated(3),
    "evaluation_closed.none": evaluated(0),
}
