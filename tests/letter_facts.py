"""What the golden copies of letters are about: a doctor, a round, some sessions, and a desk that takes letters."""

from datetime import date, time

from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import Category, Standing
from bookings.models import Round
from courses.models import Course, CourseDay, CourseSession
from courses.states import Kind, Order, Publicity
from lararportal import clock
from lararportal.outbox import Letter

NOW = clock.parse("2027-01-12T09:00")
LATE = clock.parse("2027-03-12T09:00")
ANNA = Person(
    id=7,
    given_name="Anna",
    family_name="Berg",
    email="anna.berg@example.org",
    standing=Standing.CONFIRMED,
    category=Category.ST_2015,
)
ROUND = Round(
    id=3,
    title="Vårterminen 2027",
    closes_at=clock.parse("2027-01-11T12:00"),
    decision_on=date(2027, 1, 29),
    booking_opens_at=clock.parse("2027-01-14T09:00"),
    seed="6f" * 32,
    frozen_hash="c3" * 32,
)


def session(
    number: int, title: str, place_: str, *days: date, order: Order = Order.DEADLINE, **facts
) -> CourseSession:
    course = Course(
        id=number,
        code=f"ALM{number}",
        title=title,
        kind=Kind.MANDATORY,
        order=order,
        targets={"ST": 0},
        swap_rings=True,
    )
    return CourseSession(
        **{
            "id": number,
            "course_id": number,
            "course": course,
            "place": place_,
            "seats": 24,
            "seats_taken": 5,
            "minimum": 12,
            "starts_on": days[0],
            "cancel_by": date(2027, 2, 22),
            "former_cancel_by": [],
            "days": [CourseDay(day=each, starts=time(8, 30), ends=time(16, 30)) for each in days],
            **facts,
        }
    )


SKIN = session(1, "Hudsjukdomar i primärvård", "Göteborg, Konferens Aspen", date(2027, 3, 15), date(2027, 3, 16))
LATER_SKIN = session(2, "Hudsjukdomar i primärvård", "Skövde, Billingehus", date(2027, 5, 31), date(2027, 6, 1))
HEART = session(3, "Hjärtsvikt och förmaksflimmer", "Borås, Navet", date(2027, 4, 12))
HEART.days[0].starts, HEART.days[0].ends = time(9), time(15)
UNEVEN = session(4, "Allmänmedicinens grunder", "Uddevalla, Bohusgården", date(2027, 9, 6), date(2027, 9, 7))
UNEVEN.days[1].ends = time(12)
GONE = session(1, "Hudsjukdomar i primärvård", "Göteborg", date(2027, 3, 15), publicity=Publicity.CALLED_OFF)


class Desk(Session):
    """A session that takes letters and keeps them in memory."""

    def __init__(self) -> None:
        super().__init__(info={"portal_url": "https://portal.example.org"})

    @property
    def letter(self) -> Letter:
        [letter] = [each for each in self.new if isinstance(each, Letter)]
        return letter
