"""Who may open what, said by hand: every address of the portal, under what it is to each role.

Whoever changes a decorator says it here too; what the portal tells of itself is held against it.
"""

from dataclasses import dataclass, field

PENDING, RESIDENT, SPECIALIST = "pending", "resident", "specialist"
NOBODY, LEADER, COORDINATOR, DIRECTOR = "nobody", "leader", "coordinator", "director"
REVIEWER, ADMINISTRATOR = "reviewer", "administrator"
DOCTORS = (PENDING, RESIDENT, SPECIALIST)
WHO = (NOBODY, *DOCTORS, LEADER, COORDINATOR, DIRECTOR, REVIEWER, ADMINISTRATOR)


@dataclass(frozen=True)
class Kind:
    """A kind of page: what it is to those who are named, and to everybody else; and the addresses of that kind."""

    to_others: str
    addresses: str
    to: dict[str, str] = field(default_factory=dict)
    to_nobody: str = "sign in"

    def cell(self, who: str) -> str:
        return self.to.get(who, self.to_nobody if who == NOBODY else self.to_others)


KINDS = (
    Kind(
        "public",
        to_nobody="public",
        addresses="""
            GET /
            GET /dev/galleri
            GET /dev/galleri/bekrafta
            GET /dev/galleri/fel/<int:code>
            GET /dev/galleri/nej
            GET /dev/letters
            GET /dev/letters/<name>
            GET /healthz
            GET /inbjudan/<token>
            GET POST /intyg
            GET /intyg/<token>
            POST /inbjudan/<token>/<name>
            GET /kalender/<token>.ics
            GET /kurser
            GET /logga-in
            POST /logga-in/<name>
            GET /logga-in/<name>/svar
            POST /logga-ut
            POST /logga-ut/<name>/besked
            GET /om
            GET /readyz
            GET /regler
            GET /regler/kontrollera
            GET /regler/omgang/<int:round_id>
            GET /regler/omgang/<int:round_id>/verifiering.json
            GET /regler/soktryck
            GET /tillganglighet
            GET /utloggad
        """,
    ),
    Kind(
        "public",
        to_nobody="public",
        to={COORDINATOR: "all"},
        addresses="""
            GET /kurser/<code>
            GET /tillfallen/<int:session_id>
        """,
    ),
    Kind(
        "own",
        addresses="""
            GET /ansokan
            GET POST /ansokan/<int:round_id>
            GET POST /incheckning/<int:session_id>/<token>
            GET POST /ansokan/<int:round_id>/ta-tillbaka
            POST /kurser/<code>/sag-inte-till
            POST /kurser/<code>/sag-till
            POST /logga-in/<name>/igen
            GET /logga-in/igen
            GET /mina-delmal
            GET POST /mina-delmal/rapportera
            GET /mina-delmal/rapporter/<int:report_id>/intyg
            GET /mina-kurser
            GET /mina-kurser/intyg
            GET /mina-kurser/utvarderingar
            GET POST /utvardering/<int:session_id>
            GET /mina-kurser/intyg/<int:certificate_id>.pdf
            GET /mina-kurser/besked/<int:round_id>
            GET /mina-kurser/kalender
            POST /mina-kurser/kalender/adress
            POST /mina-kurser/kalender/stang
            GET POST /profil
            GET /profil/inloggningar
            GET /profil/mina-uppgifter
            GET /profil/mina-uppgifter.json
            POST /profil/inloggningar/<int:login_session_id>/avsluta
            POST /profil/inloggningar/avsluta-andra
            GET POST /profil/inloggningar/bekrafta
            GET /profil/inloggningar/ny
            POST /profil/inloggningar/ny/<name>
            GET POST /profil/inloggningar/satt/<int:identity_id>/ta-bort
            POST /tillfallen/<int:session_id>/angra-avbokning
            GET POST /tillfallen/<int:session_id>/avboka
            GET POST /tillfallen/<int:session_id>/behov
            GET /tillfallen/<int:session_id>/forberedelse
            POST /tillfallen/<int:session_id>/forberedelse/<int:part_id>
            POST /tillfallen/<int:session_id>/forberedelse/<int:part_id>/inte-gjord
            GET /tillfallen/<int:session_id>/material/<int:material_id>
            POST /tillfallen/<int:session_id>/behall-platsen
            POST /tillfallen/<int:session_id>/boka
            GET POST /tillfallen/<int:session_id>/boka-om
            GET /tillfallen/<int:session_id>/kalender.ics
            POST /tillfallen/<int:session_id>/ko
            POST /tillfallen/<int:session_id>/ko-ner
            POST /tillfallen/<int:session_id>/ko-upp
            GET POST /tillfallen/<int:session_id>/ko-val
            GET POST /tillfallen/<int:session_id>/lamna-ko
            GET POST /tillfallen/<int:session_id>/lamna-platsen
            POST /tillfallen/<int:session_id>/tacka-ja
            GET POST /tillfallen/<int:session_id>/tacka-nej
        """,
    ),
    Kind(
        "-",
        to={LEADER: "own session", COORDINATOR: "all", REVIEWER: "all"},
        addresses="""
            GET /utvarderingar/<code>
        """,
    ),
    Kind(
        "-",
        to={LEADER: "own session"},
        addresses="""
            GET /kursledare
            GET /kursledare/tillfallen/<int:session_id>
            GET /kursledare/tillfallen/<int:session_id>/forberedelse
            GET /kursledare/tillfallen/<int:session_id>/grupplista
            GET /kursledare/tillfallen/<int:session_id>/kod
            GET POST /kursledare/tillfallen/<int:session_id>/narvaro
            GET POST /kursledare/tillfallen/<int:session_id>/slutfor
        """,
    ),
    Kind(
        "-",
        to={LEADER: "own session", COORDINATOR: "all"},
        addresses="""
            GET /kurstillfallen/<int:session_id>/intyg
            GET /kurstillfallen/<int:session_id>/intyg.pdf
            GET POST /kurstillfallen/<int:session_id>/intyg/framstall
            GET POST /kurstillfallen/<int:session_id>/intyg/underskrifter
            GET /kurstillfallen/<int:session_id>/behov
            GET POST /kurstillfallen/<int:session_id>/material
            GET /kurstillfallen/<int:session_id>/material/<int:material_id>
            POST /kurstillfallen/<int:session_id>/material/<int:material_id>/ta-bort
        """,
    ),
    Kind(
        "-",
        to={DIRECTOR: "own area", COORDINATOR: "all"},
        addresses="""
            GET POST /finansiering
            POST /finansiering/<int:booking_id>/ta-tillbaka
            GET /finansiering/klara
            GET /personer
            GET /personer/<int:person_id>
            GET POST /personer/<int:person_id>/bekrafta
            GET POST /personer/<int:person_id>/fortur
            GET POST /personer/<int:person_id>/fortur/<int:precedence_id>/aterkalla
            GET /personer/<int:person_id>/delmal
            GET /personer/rapporter
            GET /personer/rapporter/<int:report_id>
            POST /personer/rapporter/<int:report_id>/avsla
            POST /personer/rapporter/<int:report_id>/bekrafta
            GET /personer/rapporter/<int:report_id>/intyg
            GET /personer/<int:person_id>/raknas
            GET POST /personer/<int:person_id>/ratta
            GET POST /personer/<int:person_id>/undantag
            GET /personer/fortur
        """,
    ),
    Kind(
        "-",
        to={DIRECTOR: "own area"},
        addresses="""
            GET /studierektor
        """,
    ),
    Kind(
        "-",
        to={DIRECTOR: "own"},
        addresses="""
            GET /studierektor/lottning
            GET /studierektor/lottning/<int:round_id>
            GET POST /studierektor/lottning/<int:round_id>/atagande
            GET POST /studierektor/lottning/<int:round_id>/hemlighet
        """,
    ),
    Kind(
        "-",
        to={COORDINATOR: "all"},
        addresses="""
            GET POST /personer/<int:person_id>/personnummer
            GET POST /personer/<int:person_id>/radera
            GET POST /personer/<int:person_id>/skydd
            GET /samordning
            GET /samordning/brev
            GET /samordning/brev/<int:letter_id>
            GET POST /samordning/brev/<int:letter_id>/adress
            GET POST /samordning/brev/<int:letter_id>/igen
            GET POST /samordning/brev/<int:letter_id>/stoppa
            GET /samordning/fakturaunderlag
            GET /samordning/fakturaunderlag.xlsx
            GET /samordning/inbjudningar
            GET POST /samordning/inbjudningar/<int:invitation_id>/aterkalla
            POST /samordning/inbjudningar/<int:invitation_id>/igen
            GET POST /samordning/inbjudningar/ny
            GET POST /samordning/inbjudningar/person/<int:person_id>
            GET /samordning/jobb/<job_id>
            GET /samordning/journal
            GET /samordning/kontroll
            POST /samordning/kontroll
            GET POST /samordning/kontroll/<name>/<int:number>
            GET /samordning/kurser
            GET POST /samordning/kurser/<code>/andra
            POST /samordning/kurser/<code>/arkivera
            GET POST /samordning/kurser/<code>/forberedelse
            GET POST /samordning/kurser/<code>/forberedelse/<int:part_id>
            POST /samordning/kurser/<code>/forberedelse/<int:part_id>/ta-bort
            POST /samordning/kurser/<code>/publicera
            GET POST /samordning/kurser/ny
            GET /samordning/minimum
            GET /samordning/minimum/<int:session_id>
            GET POST /samordning/minimum/<int:session_id>/bjud-in/<whom>
            GET POST /samordning/minimum/<int:session_id>/flytta-beslutet
            GET POST /samordning/minimum/<int:session_id>/ge-anda
            GET POST /samordning/minimum/<int:session_id>/reserverade
            GET POST /samordning/minimum/<int:session_id>/sla-ihop/<int:into>
            GET /samordning/omgangar
            GET /samordning/omgangar/<int:round_id>
            GET POST /samordning/omgangar/<int:round_id>/andra
            GET POST /samordning/omgangar/<int:round_id>/fordela
            GET POST /samordning/omgangar/<int:round_id>/lottning/kalla
            GET POST /samordning/omgangar/<int:round_id>/lottning/kopia
            POST /samordning/omgangar/<int:round_id>/lottning/paminn
            GET POST /samordning/omgangar/<int:round_id>/lottning/utan
            GET POST /samordning/omgangar/<int:round_id>/lottning/varde
            GET POST /samordning/omgangar/<int:round_id>/oppna
            GET POST /samordning/omgangar/<int:round_id>/publicera
            GET POST /samordning/omgangar/<int:round_id>/stang
            GET POST /samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/oppna
            GET POST /samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/stang
            GET POST /samordning/omgangar/ny
            GET POST /samordning/reserv/<int:session_id>
            GET /samordning/tillfallen
            GET /samordning/tillfallen/<int:session_id>
            GET POST /samordning/tillfallen/<int:session_id>/andra
            POST /samordning/tillfallen/<int:session_id>/arkivera
            POST /samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/angra-avbokning
            GET POST /samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/avboka
            GET POST /samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/boka-om
            POST /samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/ko
            GET POST /samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/ur-kon
            GET /samordning/tillfallen/<int:session_id>/narvaro
            GET POST /samordning/tillfallen/<int:session_id>/narvaro/<int:person_id>
            POST /samordning/tillfallen/<int:session_id>/oppna
            POST /samordning/tillfallen/<int:session_id>/oppna-bokningen
            POST /samordning/tillfallen/<int:session_id>/publicera
            GET POST /samordning/tillfallen/<int:session_id>/stall-in
            GET POST /samordning/tillfallen/<int:session_id>/stang-bokningen
            GET POST /samordning/tillfallen/nytt
        """,
    ),
)

FRESH = {
    "/mina-kurser/kalender",
    "/mina-kurser/kalender/adress",
    *(f"/kurstillfallen/<int:session_id>/intyg{way}" for way in (".pdf", "/framstall", "/underskrifter")),
    "/personer/<int:person_id>/radera",
    "/profil/inloggningar/ny",
    "/profil/inloggningar/ny/<name>",
    "/profil/inloggningar/satt/<int:identity_id>/ta-bort",
    "/profil/mina-uppgifter.json",
    "/samordning/fakturaunderlag.xlsx",
    "/samordning/omgangar/<int:round_id>/fordela",
    "/samordning/omgangar/<int:round_id>/lottning/kalla",
    "/samordning/omgangar/<int:round_id>/lottning/kopia",
    "/samordning/omgangar/<int:round_id>/lottning/utan",
    "/samordning/omgangar/<int:round_id>/lottning/varde",
    "/samordning/omgangar/<int:round_id>/publicera",
    "/samordning/omgangar/<int:round_id>/stang",
    "/samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/oppna",
    "/samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/stang",
    "/studierektor/lottning/<int:round_id>/atagande",
    "/studierektor/lottning/<int:round_id>/hemlighet",
}
"""What also asks for a sign-in of the last minutes."""


def said() -> dict[tuple[str, str], Kind]:
    """Each method and address with its kind."""
    found = {}
    for kind in KINDS:
        for line in filter(None, map(str.strip, kind.addresses.splitlines())):
            methods, slash, rest = line.partition("/")
            found |= {(method, slash + rest): kind for method in methods.split()}
    return found


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
    "/finansiering",
    *(f"/kurstillfallen/<int:session_id>/intyg/{way}" for way in ("framstall", "underskrifter")),
    *(f"/kurstillfallen/<int:session_id>/material{way}" for way in ("", "/<int:material_id>/ta-bort")),
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
    *(f"/samordning/kurser/<code>/forberedelse{way}" for way in ("", "/<int:part_id>", "/<int:part_id>/ta-bort")),
    *(f"{ROUND}/{way}" for way in ("lottning/paminn", "oppna", "publicera")),
    "/samordning/omgangar/ny",
    f"{SESSION}/publicera",
    "/samordning/tillfallen/nytt",
}
"""What is no case of a seat: what is hidden or read of somebody, what nobody can have applied for yet, what has been
decided before."""
