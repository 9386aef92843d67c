"""What the tests of the coordinator's desk share: what is typed, what a browser would send back, what was done."""

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import select

import make
from courses.models import CourseDay, CourseSession
from lararportal import clock
from lararportal.journal import Entry

TODAY = clock.day_of(clock.now())
FIRST = TODAY + timedelta(days=60)
SECOND = FIRST + timedelta(days=1)


def typed(**change):
    return {
        "days-0-day": str(SECOND),
        "days-0-starts": "09:00",
        "days-0-ends": "15:00",
        "days-1-day": str(FIRST),
        "days-1-starts": "08:30",
        "days-1-ends": "16:30",
        "days-2-day": "",
        "days-2-starts": "08:30",
        "days-2-ends": "16:30",
        "place": " Skövde, Billingehus ",
        "area": "skaraborg",
        "seats": "24",
        "minimum": "12",
        "cancel_by": "",
        "go_no_go_on": "",
        "prepare_by": "",
        **change,
    }


def the_session(db):
    db.expire_all()
    return db.scalars(select(CourseSession)).one()


def days_of(db, session):
    rows = select(CourseDay.day, CourseDay.starts, CourseDay.ends).where(CourseDay.session_id == session.id)
    return sorted(tuple(row) for row in db.execute(rows))


def deeds(db):
    """What was done after signing in, and by whom."""
    done = db.scalars(select(Entry).where(~Entry.deed.startswith("login_session.")).order_by(Entry.id))
    return [(entry.deed, entry.by) for entry in done]


def form_of(answer):
    """What a browser would send back: the value of every input, and of what is chosen."""
    form = re.search(r'<form method="post"[^>]*novalidate.*?</form>', answer.text, re.DOTALL).group(0)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") not in ("checkbox", "radio") or " checked" in tag:
            sent[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option selected value="([^"]*)"', options)
        sent[name] = (chosen or re.findall(r'<option value="([^"]*)"', options))[0]
    return sent


def session_with(db, **facts):
    return make.session(db, days=[FIRST, SECOND], **facts)
