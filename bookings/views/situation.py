"""What the pages of other rooms say to the visitor about seats: on the session's page, the course's and the first."""

from collections.abc import Callable
from typing import Any

from flask import render_template
from markupsafe import Markup

from auth import access
from auth.access import Visitor
from bookings import queries
from bookings.facts import Looked
from bookings.queries import Question, ToApplyIn
from bookings.rules.line import stands_for
from bookings.states import Refusal
from courses.models import Course
from courses.states import Publicity
from lararportal import edge, pages
from lararportal.clock import day_of

APPLYING_IS_NO_USE = (Refusal.NOT_IN_TARGET_GROUP, Refusal.COURSE_TAKEN_BEFORE, Refusal.COURSE_ALREADY_BOOKED)
"""Reasons that hold for an application just as for a booking."""


def for_templates() -> dict[str, Callable[..., Any]]:
    """Functions, so that a page that does not ask costs nothing."""
    return {
        "session_actions": session_actions,
        "course_actions": course_actions,
        "open_rounds": open_rounds,
        "my_next": my_next,
        "my_question": my_question,
        "decided_to_run": decided_to_run,
        "what_counts": what_counts,
        "counts_in_round": counts_in_round,
        "round_exceptions": round_exceptions,
    }


def _participant() -> Visitor | None:
    """The visitor, if they are a doctor who may want a seat."""
    visitor = access.visitor()
    return visitor if visitor is not None and visitor.category is not None else None


def session_actions(session: Looked) -> Markup:
    """What the visitor has in a session and may do there, or in one sentence why not."""
    if session.publicity is not Publicity.PUBLISHED or session.is_reserve:
        return Markup()
    reader, visitor, now = access.visitor(), _participant(), edge.moment()
    if reader is not None and visitor is None and reader.roles:
        return Markup()
    if visitor is None and session.starts_on <= day_of(now):
        return Markup()
    situation = None
    barred = Refusal.PROFILE_INCOMPLETE if visitor is None and reader is not None else None
    with edge.reading() as db:
        if visitor is None:
            round_ = queries.open_round_with(db, session.id, now=now)
        else:
            situation = queries.my_situation(db, session, person_id=visitor.person_id, now=now)
            round_, barred = situation.round, situation.may_apply
    refusal = (situation.why_not_take if situation.may_take else situation.may_book) if situation else None
    return Markup(  # noqa: S704 - a template of our own, escaped as any
        render_template(
            "bookings/_session_actions.html",
            session=session,
            round=round_,
            situation=situation,
            saw=stands_for((), session.moved_at),
            today=day_of(now),
            why_no_application=pages.sentence(barred) if barred else "",
            owes_profile=barred is Refusal.PROFILE_INCOMPLETE,
            why_barred=pages.sentence(situation.barred) if situation and situation.barred else "",
            why_not=pages.sentence(refusal, **situation.facts) if situation and refusal else "",
            may_apply=round_ is not None and refusal not in APPLYING_IS_NO_USE,
        )
    )


def decided_to_run(session: Looked) -> bool:
    """Whether a session that fewer have booked than it needs is given all the same, by a decision."""
    if session.publicity is not Publicity.PUBLISHED or session.seats_taken >= session.minimum:
        return False
    with edge.reading() as db:
        return queries.decided_to_run(db, session.id)


def course_actions(course: Course) -> Markup:
    """The open rounds in which a course can be applied for."""
    if course.publicity is not Publicity.PUBLISHED:
        return Markup()
    visitor = _participant()
    may_ask = visitor is not None and visitor.category is not None and visitor.category.group in course.targets
    with edge.reading() as db:
        rounds = queries.open_rounds_with_course(db, course.id, now=edge.moment())
        is_told = visitor is not None and may_ask and queries.asks_to_be_told(db, course.id, visitor.person_id)
    return Markup(  # noqa: S704 - a template of our own, escaped as any
        render_template(
            "bookings/_course_actions.html", course=course, rounds=rounds, may_ask=may_ask, is_told=is_told
        )
    )


def open_rounds() -> list[ToApplyIn]:
    """The rounds that take applications now."""
    with edge.reading() as db:
        return queries.to_apply_in(db, now=edge.moment())


def my_question() -> Question | None:
    """What the visitor has to answer or choose before anything else."""
    visitor = _participant()
    if visitor is None:
        return None
    with edge.reading() as db:
        return queries.next_question(db, visitor.person_id, now=edge.moment())


def my_next() -> list[tuple[str, str]]:
    """The course that the visitor comes to next, as terms and texts; empty when there is none."""
    visitor = _participant()
    if visitor is None:
        return []
    with edge.reading() as db:
        row = queries.next_seat(db, visitor.person_id, now=edge.moment())
    if row is None:
        return []
    words = pages.words()["next_seat"]
    return [(words["course"], row.course_title), (words["days"], pages.days(row.days)), (words["place"], row.place)]


def what_counts() -> Markup:
    """What counts of the visitor when seats are given; nothing for who is no doctor."""
    visitor = _participant()
    if visitor is None:
        return Markup()
    with edge.reading() as db:
        counts = queries.what_counts(db, visitor.person_id, now=edge.moment())
        exceptions = queries.exceptions_for(db, visitor.person_id)
    return Markup(render_template("bookings/_what_counts.html", counts=counts, exceptions=exceptions))  # noqa: S704 - ours


def counts_in_round(round_id: int) -> Markup:
    """The order of each course of a round, and what of the visitor's counts there."""
    visitor = _participant()
    if visitor is None:
        return Markup()
    with edge.reading() as db:
        counts = queries.round_counts(db, round_id=round_id, person_id=visitor.person_id)
    return Markup(render_template("bookings/_round_counts.html", counts=counts))  # noqa: S704 - ours


def round_exceptions(round_id: int) -> Markup:
    """Who went before others in a round by a decision; nothing when nobody did. For staff only."""
    with edge.reading() as db:
        found = queries.exceptions(db, round_id)
    if not (found.frozen or found.afterwards or found.unexplained):
        return Markup()
    return Markup(render_template("bookings/_exceptions.html", found=found))  # noqa: S704 - a template of our own
