"""What the tests of certificates share: a completed session, and what is asked of its certificates."""

from dataclasses import dataclass

from bookings_room import seat
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from auth import personal_numbers
from auth.models import Person
from auth.states import Category, Role
from bookings.queries import seated
from courses.certificates import issuing
from courses.days import attendance, completion, half_days
from courses.models import Certificate, CourseSession, SessionLeader
from courses.rules.days import Verdict
from lararportal import clock
from lararportal.journal import Entry
from lararportal.personal_number import of

END, AFTER_IT = clock.parse("2027-03-16T15:45"), clock.parse("2027-03-17T09:00")
MET, NOT_MET = Verdict(competence_met=True), Verdict(competence_met=False)
NUMBER = "191212121212"


@dataclass
class Room:
    """Anna by the rules of 2015, Bo by those of 2021, Cia a specialist; all of them have been through it."""

    db: Session
    session: CourseSession
    leader: Person
    people: list[Person]

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.people]

    def complete(self, *verdicts: Verdict, now=END) -> None:
        said = dict(zip(self.ids, verdicts, strict=True))
        about = {"session_id": self.session.id, "roster": seated, "now": now, "by": self.leader.id}
        completion.complete(self.db, verdicts=said, **about)
        self.db.flush()

    def ask(self, *people: Person, now=AFTER_IT, by: Person | None = None) -> int:
        ids = [each.id for each in people or self.people]
        by_id = (by or self.leader).id
        return issuing.ask(self.db, session_id=self.session.id, people=ids, now=now, by=by_id)

    def make(self, now=AFTER_IT) -> None:
        for each in issuing.waiting_of(self.db, self.session.id):
            issuing.make(self.db, each, now=now, by=None)

    def of(self, person: Person) -> list[Certificate]:
        found = select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id)
        return list(self.db.scalars(found.execution_options(populate_existing=True)))

    def stand(self) -> list[tuple]:
        return [(each.number, each.version, str(each.state)) for who in self.people for each in self.of(who)]

    def deeds(self) -> list[str]:
        found = select(Entry.deed).where(Entry.deed.startswith("certificate.")).order_by(Entry.id)
        return [each.partition(".")[2] for each in self.db.scalars(found)]


def completed(db: Session, **of_course) -> Room:
    course = make.course(db, description="Om vanliga sjukdomar på vårdcentralen.", **of_course)
    session = make.session(db, of=course)
    leader = make.holder(db, Role.LEADER, category=Category.SPECIALIST, given_name="Åsa", family_name="Öberg")
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    called = (("Anna", "Alm"), ("Bo", "Berg"), ("Cia", "Dahl"))
    categories = Category.ST_2015, Category.ST_2021, Category.SPECIALIST
    people = [
        make.person(db, category=category, given_name=given, family_name=family)
        for category, (given, family) in zip(categories, called, strict=True)
    ]
    personal_numbers.keep(db, person_id=people[0].id, number=of(NUMBER), now=END)
    for each in people:
        seat(db, session, each)
    room = Room(db, session, leader, people)
    for half in half_days.halves_of(session):
        attendance.everybody_is_there(db, session_id=session.id, half=half.key, roster=seated, now=END, by=leader.id)
    room.complete(MET, MET, MET)
    return room
