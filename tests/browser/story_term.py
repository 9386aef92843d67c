"""The world of the story: a round with three sessions and one in reserve, two ahead of Anna, and two behind her."""

from dataclasses import dataclass

import make
from auth.models import Person
from auth.states import Area, Role
from bookings.models import Round
from browser import cast
from browser.browsing import House
from courses.models import CourseSession
from courses.states import Kind, Publicity

ANNA, NILS = cast.ADDRESS.format("anna.st"), cast.ADDRESS.format(cast.NEXT_IN_LINE)
ANNA_IS_DONE = cast.in_months(14)
SKIN, LAST_CARE = "Hud och venereologi för allmänläkare", "Palliativ vård"
SKIN_TEXT = """\
Två dagar om det som vårdcentralen ser varje dag: eksem, psoriasis, misstänkta hudtumörer och sår.

Vi går igenom egna fall i smågrupper. Du förbereder dig med en digital föreläsning."""


@dataclass(frozen=True)
class Term:
    """The round of the story, the three sessions that Anna ranks, one in reserve, and who applies beside her."""

    round: Round
    skin: CourseSession
    skin_later: CourseSession
    last_care: CourseSession
    reserve: CourseSession
    others: list[Person]
    """The last of them would take the reserve session too."""


def a_term(house: House) -> Term:
    """Three seats in dermatology and two doctors before Anna in the order; Nils will be next in line, then Finn."""
    with house.rows() as db:
        olle = cast.staff(house, db, "olle.samordnare", Role.COORDINATOR)
        eva = cast.staff(house, db, "eva.studierektor", Role.DIRECTOR, Area.GOTEBORG)
        skin = make.course(
            db,
            code="HUD1",
            title=SKIN,
            kind=Kind.CLINICAL,
            objectives_2015=["c2", "c11"],
            objectives_2021=["STc2"],
            preparatory_parts=1,
            description=SKIN_TEXT,
            seats=3,
            targets={"ST": 0, "SPEC": 1},
        )
        last_care = make.course(db, code="PALL1", title=LAST_CARE, kind=Kind.CLINICAL, objectives_2015=["c10"])
        make.course(db, code="FORS1", title="Försäkringsmedicin", objectives_2015=["a5"])
        soon = cast.session(db, skin, in_days=70, place="Göteborg, Konferens Aspen")
        later = cast.session(db, skin, in_days=105, place="Borås, Medicinens hus", area=Area.SODRA_ALVSBORG)
        other = cast.session(db, last_care, in_days=84, place="Vänersborg, Kunskapshuset", area=Area.FYRBODAL)
        hidden = {"publicity": Publicity.DRAFT, "is_reserve": True, "minimum": 3, "seats": 8}
        spare = cast.session(db, skin, in_days=126, place="Skövde, Billingehus", area=Area.SKARABORG, **hidden)
        round_ = cast.planned_round(db, [soon, later, other, spare], second_party_id=eva.id, by=olle.id)
        others = [make.person(db, planned_end=cast.in_months(months)) for months in (9, 11)]
        others.append(cast.person(house, db, cast.NEXT_IN_LINE, planned_end=cast.in_months(40)))
        others.append(make.person(db, given_name="Finn", family_name="Fors", planned_end=cast.in_months(50)))
    return Term(round=round_, skin=soon, skin_later=later, last_care=other, reserve=spare, others=others)


def the_others_apply(house: House, term: Term) -> None:
    """All four want the seats in dermatology, and one of them would wait for the reserve session."""
    *three, finn = term.others
    with house.rows() as db:
        for person in three:
            cast.has_applied(db, term.round, person, term.skin)
        cast.has_applied(db, term.round, finn, term.skin, term.reserve)
