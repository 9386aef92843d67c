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
            GET /tillfallen/<int:session_id>/forberedelse/<int:part_id>/fil
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
            GET /utvarderingar/<code>/sammanstallning.pdf
            GET /utvarderingar/<code>/sammanstallning.xlsx
        """,
    ),
    Kind(
        "-",
        to={COORDINATOR: "all", REVIEWER: "all"},
        addresses="""
            GET /granskning
            GET /granskning/<int:review_id>
            GET /granskning/halvar/<half>.pdf
            GET /granskning/uppfoljning
        """,
    ),
    Kind(
        "-",
        to={REVIEWER: "all"},
        addresses="""
            POST /granskning/<int:review_id>/avsluta
            POST /granskning/<int:review_id>/utlatande
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
            GET /kurstillfallen/<int:session_id>/brev
            GET POST /kurstillfallen/<int:session_id>/brev/nytt
            GET POST /kurstillfallen/<int:session_id>/material
            GET POST /kurstillfallen/<int:session_id>/reflektion
            GET POST /kurstillfallen/<int:session_id>/forberedelse
            GET /kurstillfallen/<int:session_id>/forberedelse/<int:part_id>/fil
            POST /kurstillfallen/<int:session_id>/forberedelse/<int:part_id>/ta-bort
            GET POST /kurstillfallen/<int:session_id>/program
            POST /kurstillfallen/<int:session_id>/program/skicka
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
            POST /granskning/<int:review_id>/svar
            POST /granskning/atgarder/<int:action_id>/klar
            GET POST /granskning/oppna
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
            GET POST /samordning/kommentarer/<int:session_id>/<imprint>/dolj
            GET POST /samordning/kommentarer/<int:session_id>/<imprint>/visa
            GET /samordning/kurser/<code>/kommentarer
            GET POST /samordning/kurser/<code>/utvarderingsfragor
            GET POST /samordning/kurser/<code>/forberedelse
            GET POST /samordning/kurser/<code>/forberedelse/<int:part_id>
            GET /samordning/kurser/<code>/forberedelse/<int:part_id>/fil
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
            GET POST /samordning/tillfallen/<int:session_id>/slutfor
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
