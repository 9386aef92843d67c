"""Applying: the open rounds, the list that is ranked with plain buttons, and taking it back.

The list lives in the form until it is sent in: every button posts the whole form, and the page comes back with the
list rearranged. Nothing is stored on the way, and nothing is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import me, signed_in
from bookings import applications, queries
from bookings.applications import Beforehand
from bookings.forms import ApplicationForm, ConfirmForm, rearranged
from bookings.queries import ApplicationView, LotteryView, RoundView, SessionRow, Wish
from bookings.states import ApplicationState, Refusal, RoundState
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused
from lararportal.forms import has_begun

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Offer:
    """A session of the round as the form shows it beside the list."""

    session: SessionRow
    refusal: str
    """Why it cannot be asked for, as a sentence; empty when it can."""
    rank: int | None
    """Where it stands on the list, if it does."""
    clashes_with: tuple[int, ...]
    """The choices of other courses that share a day with it."""


def offers(wishes: Sequence[Wish], choices: Sequence[int]) -> dict[int, Offer]:
    """Every session of the round by id, seen from a list."""
    rows = {wish.session.session_id: wish.session for wish in wishes}
    ranked = {rank: rows[each] for rank, each in enumerate(choices, 1) if each in rows}
    return {wish.session.session_id: _offer(wish, ranked) for wish in wishes}


def _offer(wish: Wish, ranked: Mapping[int, SessionRow]) -> Offer:
    row = wish.session
    return Offer(
        session=row,
        refusal=pages.sentence(wish.refusal, **wish.facts) if wish.refusal else "",
        rank=next((rank for rank, other in ranked.items() if other.session_id == row.session_id), None),
        clashes_with=tuple(
            rank
            for rank, other in ranked.items()
            if other.course_code != row.course_code and not set(row.days).isdisjoint(other.days)
        ),
    )


def by_course(found: Mapping[int, Offer], text: str) -> list[tuple[SessionRow, list[Offer]]]:
    """The offers course by course in the order of titles, narrowed to those that have every word of the text."""
    words = text.casefold().split()
    kept = [offer for offer in found.values() if all(word in _haystack(offer.session) for word in words)]
    kept.sort(key=lambda offer: (offer.session.course_title, offer.session.course_code, offer.session.days))
    groups = [list(group) for _, group in groupby(kept, key=lambda offer: offer.session.course_code)]
    return [(group[0].session, group) for group in groups]


def _haystack(row: SessionRow) -> str:
    return f"{row.course_code} {row.course_title} {row.place}".casefold()


def focus_after(action: str, choices: Sequence[int]) -> str:
    """The id of what the keyboard should stand on when the page comes back."""
    verb, _, chosen = action.partition(":")
    if verb == "add":
        return f"chosen-{chosen}"
    if verb == "up" and choices:
        return f"down-{chosen}" if str(choices[0]) == chosen else f"up-{chosen}"
    if verb == "down" and choices:
        return f"up-{chosen}" if str(choices[-1]) == chosen else f"down-{chosen}"
    return {"filter": "found", "remove": "choices"}.get(verb, "")


@signed_in
def rounds() -> Page:
    """Leads to the open round, lists them when there are several, and says so when there is none."""
    with edge.reading() as db:
        found = queries.open_rounds(db, now=edge.moment())
        coming = [] if found else [each for each in queries.rounds(db) if each.state is RoundState.PLANNED]
    if len(found) == 1:
        return redirect(url_for("mine.apply", round_id=found[0].id))
    return render_template("bookings/open_rounds.html", rounds=found, coming=coming, now=edge.moment())


@dataclass(frozen=True)
class Material:
    """What the application page is made of, beside the form."""

    round: RoundView
    wishes: list[Wish]
    application: ApplicationView | None
    lottery: LotteryView
    barred: Refusal | None
    """Why the visitor may not apply in it, whatever they want."""

    @property
    def sent(self) -> ApplicationView | None:
        """The application, while it counts."""
        stands = self.application is not None and self.application.state is ApplicationState.SUBMITTED
        return self.application if stands else None

    @property
    def is_open(self) -> bool:
        """Whether lists are taken now."""
        return self.round.state is RoundState.OPEN and edge.moment() < self.round.closes_at


def _material(round_id: int) -> Material:
    """What the page needs; a round that is only planned is not there yet."""
    person_id = me().person_id
    with edge.reading() as db:
        found = queries.round_view(db, round_id)
        if found.state is RoundState.PLANNED:
            raise NotFound
        return Material(
            round=found,
            wishes=queries.wishes(db, round_id=round_id, person_id=person_id, now=edge.moment()),
            application=queries.application(db, round_id=round_id, person_id=person_id),
            lottery=queries.lottery(db, round_id),
            barred=queries.may_apply(db, round_id=round_id, person_id=person_id),
        )


@signed_in
def apply(round_id: int) -> Page:
    """The list: every button brings the page back rearranged, and one of them sends it in."""
    material = _material(round_id)
    form = ApplicationForm()
    form.offer(material.round.cap)
    if request.method == "GET":
        if not has_begun():
            _prefill(form, material)
        return _apply_page(form, material)
    action = request.form.get("action", "submit")
    form.choices.data = rearranged(form.choices.data, action)
    if action != "submit":
        return _apply_page(form, material, focus_after(action, form.choices.data))
    if not form.validate():
        return _apply_page(form, material), 400
    try:
        with edge.deed() as db:
            applications.apply(
                db,
                round_id=round_id,
                person_id=me().person_id,
                choices=form.choices.data,
                cap=form.cap.data,
                beforehand=_beforehand(form),
                now=edge.moment(),
                by=me().person_id,
            )
    except Refused as refusal:
        _explain(form, refusal)
        return _apply_page(form, material), 409
    is_news = material.sent is None or _asks_otherwise(form, material.sent)
    said = "application_sent" if is_news else "application_sent_already"
    flash(pages.sentence(said, closes=material.round.closes_at))
    return redirect(url_for("mine.my_courses"))


def _asks_otherwise(form: ApplicationForm, sent: ApplicationView) -> bool:
    said = Beforehand(sent.standing_yes, sent.short_notice)
    return (form.choices.data, form.cap.data, _beforehand(form)) != (sent.choices, sent.cap, said)


def _beforehand(form: ApplicationForm) -> Beforehand:
    return Beforehand(standing_yes=not form.ask_first.data, short_notice=form.short_notice.data)


def _explain(form: ApplicationForm, refusal: Refused) -> None:
    """The sentence, after the name of the course that it is about."""
    sentence = pages.sentence(refusal.reason, **refusal.facts)
    form.form_errors.append(": ".join(filter(None, [refusal.facts.get("course"), sentence])))


def _prefill(form: ApplicationForm, material: Material) -> None:
    """What was sent in last, and at its end the session that a course page led here with."""
    form.choices.data = list(material.sent.choices) if material.sent else []
    form.cap.data = material.sent.cap if material.sent else material.round.cap
    form.ask_first.data = material.sent is not None and not material.sent.standing_yes
    form.short_notice.data = material.sent is not None and material.sent.short_notice
    wanted = request.args.get("val", "")
    if wanted in {str(wish.session.session_id) for wish in material.wishes if wish.refusal is None}:
        form.choices.data = rearranged(form.choices.data, f"add:{wanted}")


def _apply_page(form: ApplicationForm, material: Material, focus: str = "") -> str:
    # Where no list is taken, what counts is what was sent in, whatever a late form says.
    takes_lists = material.is_open and material.barred is None
    choices = list(material.sent.choices) if material.sent and not takes_lists else form.choices.data
    found = offers(material.wishes, choices)
    return render_template(
        "bookings/apply.html",
        form=form,
        round=material.round,
        sent=material.sent,
        lottery=material.lottery,
        is_open=material.is_open,
        takes_lists=takes_lists,
        why_barred=pages.sentence(material.barred) if material.barred else "",
        owes_profile=material.barred is Refusal.PROFILE_INCOMPLETE,
        is_changed=material.sent is not None and form.choices.data != material.sent.choices,
        chosen=[found[each] for each in choices if each in found],
        courses=by_course(found, form.text.data or ""),
        course_count=len({wish.session.course_code for wish in material.wishes}),
        focus=focus,
    )


@signed_in
def withdraw(round_id: int) -> Page:
    """Takes the application back, after a page that asks."""
    material = _material(round_id)
    if request.method == "GET" or not ConfirmForm().validate():
        if material.sent is None:
            raise NotFound
        if not material.is_open:
            raise Refused(Refusal.ROUND_NOT_OPEN)
        return render_template("bookings/withdraw.html", round=material.round)
    with edge.deed() as db:
        applications.withdraw(db, round_id=round_id, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    flash(pages.sentence("application_withdrawn"))
    return redirect(url_for("mine.my_courses"))


PAGES = (
    ("/ansokan", rounds, ["GET"]),
    ("/ansokan/<int:round_id>", apply, ["GET", "POST"]),
    ("/ansokan/<int:round_id>/ta-tillbaka", withdraw, ["GET", "POST"]),
)
"""Address, view and methods."""
