"""Writing to participants: who leads a session, or a coordinator, writes, looks at the letter, and sends it."""

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from auth.access import ViewResult, me, needs
from auth.states import Role
from courses import reach
from courses.days import shown as days_shown
from courses.forms.messages import MessageForm
from courses.messages import recipients, sending, shown
from courses.messages.sending import Preview
from courses.models import CourseSession
from courses.rules.messages import KEY, SUBJECT_LENGTH, Addressed, Draft, usual
from courses.states import Refusal
from courses.views.days import roster
from lararportal import edge, pages
from lararportal.errors import Refused

blueprint = Blueprint("messages", __name__)


@blueprint.get("/kurstillfallen/<int:session_id>/brev")
@needs(Role.LEADER, Role.COORDINATOR)
def of_session(session_id: int) -> str:
    """What was written to the participants of a session, and the drafts for another letter."""
    with edge.reading() as db:
        session = _session(db, session_id)
        found = shown.of_session(db, session_id)
    return render_template("courses/messages.html", session=session, messages=found, drafts=Draft)


@blueprint.route("/kurstillfallen/<int:session_id>/brev/nytt", methods=["GET", "POST"])
@needs(Role.LEADER, Role.COORDINATOR)
def write(session_id: int) -> ViewResult:
    """A letter is written, looked at, and sent."""
    with edge.reading() as db:
        session = _session(db, session_id)
        found = recipients.choices(db, session, roster()(db, session_id), now=edge.moment())
    form = MessageForm(data=_begun(session))
    form.offer(found)
    if not form.is_submitted() and form.addressed.data not in found:
        form.addressed.data = Addressed.SEATED
    if not KEY.fullmatch(form.key.data or ""):
        form.key.data = secrets.token_hex(16)
    if not form.is_submitted():
        return _page(session, form)
    if not form.validate():
        return _page(session, form), 400
    step = request.form.get("steg")
    if step == "skicka":
        try:
            return _send(session_id, form)
        except Refused as refusal:
            form.explain(refusal)
            return (_looked_at if refusal.reason is Refusal.RECIPIENTS_CHANGED else _page)(session, form), 409
    return _page(session, form) if step == "andra" else _looked_at(session, form)


def _session(db: Any, session_id: int) -> CourseSession:
    reach.insist(db, session_id=session_id, by=me().person_id)
    return days_shown.session_of(db, session_id)


def _begun(session: CourseSession) -> dict[str, Any]:
    """What the draft that the address names begins with, and whom it is mostly for."""
    name = request.args.get("mall")
    draft = Draft(name) if name in list(Draft) else Draft.FREE
    if draft is Draft.FREE:
        return {}
    subject, text = pages.draft(draft, session=session, first=session.days[0])
    return {"addressed": usual(draft), "subject": subject[:SUBJECT_LENGTH], "text": text}


def _page(session: CourseSession, form: MessageForm) -> str:
    return render_template("courses/message_form.html", session=session, form=form)


def _looked_at(session: CourseSession, form: MessageForm) -> str:
    """The letter as the recipients will have it; what is sent from there is what was shown, to whom it was shown."""
    with edge.reading() as db:
        preview = _preview(db, session.id, form)
        is_used = sending.was_sent(db, session.id, form.key.data or "")
    if is_used:  # Whoever goes back to what they sent, and writes on, writes another letter.
        form.key.data = secrets.token_hex(16)
    form.saw.data = preview.saw
    return render_template("courses/message_preview.html", session=session, form=form, preview=preview)


def _preview(db: Any, session_id: int, form: MessageForm) -> Preview:
    session = days_shown.session_of(db, session_id)
    now, by = edge.moment(), me().person_id
    return sending.preview(db, session=session, written=form.written, roster=roster(), now=now, by=by)


def _send(session_id: int, form: MessageForm) -> ViewResult:
    named = {"key": form.key.data or "", "saw": form.saw.data or ""}
    now, by = edge.moment(), me().person_id
    with edge.deed() as db:
        sent = sending.send(db, session_id=session_id, written=form.written, **named, roster=roster(), now=now, by=by)
    if sent is None:
        flash(pages.sentence("message_sent_before"), "info")
    else:
        flash(pages.sentence("message_sent", count=sent.recipients))
    return redirect(url_for("messages.of_session", session_id=session_id))
