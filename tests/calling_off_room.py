"""What the tests about calling off share: the deeds, as somebody does them who has looked at what they mean."""

from bookings_room import AFTER, reload

from bookings.minimum import calling_off


def call_off(db, session, office, *, reason="Kursledaren är sjuk.", saw=None, now=AFTER):
    db.flush()
    saw = calling_off.foreseen(db, session_id=session.id, now=now).token if saw is None else saw
    found = calling_off.call_off(db, session_id=session.id, reason=reason, saw=saw, now=now, by=office.id)
    db.flush()
    reload(db, session)
    return found


def merge(db, session, sister, office, *, now=AFTER):
    db.flush()
    outlook = calling_off.foreseen_merger(db, session_id=session.id, into=sister.id, now=now)
    return calling_off.merge(
        db, session_id=session.id, into=sister.id, reason="För få.", saw=outlook.token, now=now, by=office.id
    )
