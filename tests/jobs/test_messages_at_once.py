"""One letter to participants from many tabs at the same moment, while a seat is given back: once to each, or not."""

from bookings_room import seat
from processes import all_at_once
from sqlalchemy import func, select

import make
from auth.models import Person
from auth.states import Role
from bookings import cancellation
from bookings.queries import seated
from courses.messages import sending
from courses.messages.sending import Written
from courses.models import Message, SessionLeader
from courses.rules.messages import Addressed
from courses.states import Refusal
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.outbox import Letter

WORDS = Written(addressed=Addressed.SEATED, subject="Ny lokal", text="vi är i Eken.")


def test_tabs_that_send_at_once_send_once_and_to_those_who_were_shown(shared_database: Database, now):
    with shared_database.transaction() as db:
        session, leader = make.session(db, of=make.course(db, seats=4)), make.holder(db, Role.LEADER)
        db.add(SessionLeader(session_id=session.id, person_id=leader.id))
        people = [make.person(db).id for _ in range(3)]
        for each in people:
            seat(db, session, db.get_one(Person, each), at=now)
        db.refresh(session, ["course", "days"])
        about = {"session_id": session.id, "roster": seated, "now": now, "by": leader.id}
        shown = sending.preview(db, session=session, written=WORDS, roster=seated, now=now, by=leader.id)

    def sends(key: str) -> str:
        try:
            with shared_database.transaction() as db:
                sent = sending.send(db, written=WORDS, key=key * 32, saw=shown.saw, **about)
        except Refused as refusal:
            return refusal.reason
        return "sent" if sent is not None else "sent before"

    def gives_back() -> str:
        with shared_database.transaction() as db:
            who = {"person_id": people[0], "by": people[0]}
            cancellation.cancel(db, session_id=session.id, reason="", now=now, **who)
        return "given back"

    answers = all_at_once([*(lambda key=key: sends(key) for key in "aaab"), gives_back])[:4]
    with shared_database.transaction() as db:
        messages = db.scalar(select(func.count(Message.id)).where(Message.session_id == session.id))
        told = db.scalar(select(func.count(Letter.id)).where(Letter.occasion == "message"))
        found = {each.check for each in invariants(db, now=now)} - {"seat_not_noted"}
    sent = answers.count("sent")
    assert (sent, found) in [(1, set()), (0, set())]
    assert (messages, told) == (sent, 3 * sent)
    left = {Refusal.MESSAGE_TWICE, "sent before", "sent"} if sent else {Refusal.RECIPIENTS_CHANGED}
    assert set(answers) <= left | {Refusal.RECIPIENTS_CHANGED}
