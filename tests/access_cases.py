"""What staff may not decide in a case of their own, address by address, and what is no such case."""

from dataclasses import dataclass, field

from access_words import COORDINATOR, DIRECTOR


@dataclass(frozen=True)
class Case:
    """What is sent in by whom, at an address where nobody decides in a case of their own: 409 with that sentence.

    Without a form it is the one of the page, as it stands there.
    """

    sentence: str
    form: dict[str, str] | None = field(default_factory=dict)
    who: tuple[str, ...] = (COORDINATOR,)


OF_SESSION, OF_COURSE, OF_ROUND = "decides_over_own_session", "decides_over_own_course", "decides_over_own_seat"
OF_ANOTHER = "same_course_wanted"
BOTH = (COORDINATOR, DIRECTOR)
REASON = {"reason": "Skäl"}
DESK, SESSION = "/samordning/minimum/<int:session_id>", "/samordning/tillfallen/<int:session_id>"
SEAT, ROUND = f"{SESSION}/deltagare/<int:person_id>", "/samordning/omgangar/<int:round_id>"
PERSON = "/personer/<int:person_id>"

FACTS = {"category": "specialist", "area": "goteborg"}

IMPARTIAL = {
    "/finansiering/<int:booking_id>/ta-tillbaka": Case(OF_SESSION, who=BOTH),
    f"{PERSON}/bekrafta": Case(OF_ANOTHER, FACTS, who=BOTH),
    f"{PERSON}/fortur/<int:precedence_id>/aterkalla": Case(OF_COURSE, REASON, who=BOTH),
    f"{PERSON}/ratta": Case(OF_ANOTHER, FACTS | REASON, who=BOTH),
    "/samordning/brev/<int:letter_id>/adress": Case(OF_ANOTHER, {"address": "x@example.org"}),
    "/samordning/brev/<int:letter_id>/stoppa": Case(OF_ANOTHER),
    f"{DESK}/flytta-beslutet": Case(OF_SESSION, {**REASON, "day": "2027-03-10"}),
    f"{DESK}/ge-anda": Case(OF_SESSION, REASON),
    f"{DESK}/sla-ihop/<int:into>": Case(OF_SESSION, REASON),
    f"{ROUND}/andra": Case(OF_ROUND, None),
    f"{ROUND}/fordela": Case(OF_ROUND),
    f"{ROUND}/stang": Case(OF_ROUND, REASON),
    f"{ROUND}/tillfallen/<int:session_id>/oppna": Case(OF_ROUND, REASON),
    f"{ROUND}/tillfallen/<int:session_id>/stang": Case(OF_ROUND, REASON),
    f"{SESSION}/andra": Case(OF_SESSION, None),
    f"{SESSION}/arkivera": Case(OF_SESSION),
    f"{SEAT}/angra-avbokning": Case(OF_SESSION),
    f"{SEAT}/avboka": Case(OF_SESSION, {"reason": "own_choice", "text": "Skäl"}),
    f"{SEAT}/boka-om": Case(OF_SESSION, None),
    f"{SEAT}/ko": Case(OF_SESSION),
    f"{SEAT}/ur-kon": Case(OF_COURSE, REASON),
    f"{SESSION}/narvaro/<int:person_id>": Case(OF_SESSION, REASON),
    f"{SESSION}/oppna": Case(OF_SESSION),
    f"{SESSION}/slutfor": Case(OF_SESSION, REASON),
    f"{SESSION}/oppna-bokningen": Case(OF_SESSION),
    f"{SESSION}/stall-in": Case(OF_SESSION, REASON),
    f"{SESSION}/stang-bokningen": Case(OF_SESSION, REASON),
}
"""Jäv: who has applied for the course, or in the round, is refused there, whatever else would be said."""

IMPARTIAL_LATER = {
    f"{PERSON}/fortur",
    f"{PERSON}/undantag",
    f"{DESK}/bjud-in/<whom>",
    f"{DESK}/reserverade",
    "/samordning/kurser/<code>/andra",
    *(f"{ROUND}/lottning/{way}" for way in ("kalla", "kopia", "utan", "varde")),
    "/samordning/reserv/<int:session_id>",
}
"""They are refused there too, but only where there is something to decide: the tests of the deeds have it."""

DECIDES_NOTHING = {
    *(f"/kurstillfallen/<int:session_id>/forberedelse{way}" for way in ("", "/<int:part_id>/ta-bort")),
    *(f"/kurstillfallen/<int:session_id>/{way}" for way in ("brev/nytt", "program", "program/skicka")),
    "/finansiering",
    *(f"/granskning/{way}" for way in ("<int:review_id>/svar", "atgarder/<int:action_id>/klar", "oppna")),
    *(f"/kurstillfallen/<int:session_id>/intyg/{way}" for way in ("framstall", "underskrifter")),
    *(f"/kurstillfallen/<int:session_id>/material{way}" for way in ("", "/<int:material_id>/ta-bort")),
    "/kurstillfallen/<int:session_id>/reflektion",
    "/kursledare/tillfallen/<int:session_id>/narvaro",
    "/kursledare/tillfallen/<int:session_id>/slutfor",
    f"{PERSON}/personnummer",
    *(f"/personer/rapporter/<int:report_id>/{way}" for way in ("avsla", "bekrafta")),
    f"{PERSON}/radera",
    f"{PERSON}/skydd",
    "/samordning/brev/<int:letter_id>/igen",
    *(f"/samordning/inbjudningar/<int:invitation_id>/{way}" for way in ("aterkalla", "igen")),
    *(f"/samordning/inbjudningar/{way}" for way in ("ny", "person/<int:person_id>")),
    *(f"/samordning/kontroll{way}" for way in ("", "/<name>/<int:number>")),
    *(f"/samordning/kurser/{way}" for way in ("<code>/arkivera", "<code>/publicera", "ny")),
    *(f"/samordning/kommentarer/<int:session_id>/<imprint>/{way}" for way in ("dolj", "visa")),
    "/samordning/kurser/<code>/utvarderingsfragor",
    *(f"/samordning/kurser/<code>/forberedelse{way}" for way in ("", "/<int:part_id>", "/<int:part_id>/ta-bort")),
    *(f"{ROUND}/{way}" for way in ("lottning/paminn", "oppna", "publicera")),
    "/samordning/omgangar/ny",
    f"{SESSION}/publicera",
    "/samordning/tillfallen/nytt",
}
"""What is no case of a seat: what is hidden or read of somebody, what nobody can have applied for yet, what has been
decided before."""
