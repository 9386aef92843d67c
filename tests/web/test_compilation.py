"""The compilation: what came of the evaluations of a course, chosen by term."""

from datetime import date

from evaluation_room import NOW, closed, over
from sqlalchemy import select

import make
from auth.states import Category
from courses.evaluations import answering, closing
from courses.models import Evaluation

SIX = [{"overall": "4"}] * 6


def test_what_came_of_it_is_chosen_by_term(db, visit):
    spring = closed(db, *SIX)
    path = f"/utvarderingar/{spring.session.course.code}"
    closed(db, *[{"overall": "2"}] * 5, after=spring.session, days=[date(2026, 12, 29), date(2026, 12, 30)])
    coordinator = visit(make.coordinator(db))

    everything, autumn = coordinator.get(path).text, coordinator.get(f"{path}?termin=2026-2").text

    assert "Alla tillfällen: 11 av 11 har svarat (100 %)" in everything
    assert ("6 av 6" in everything, "5 av 5" in everything) == (True, True)
    assert ("6 av 6" in autumn, "5 av 5" in autumn) == (False, True)
    assert 'aria-current="page">Hösttermin' in autumn
    assert coordinator.get(f"{path}?termin=2025-1").status_code == 404
    assert visit(spring.leader).get(f"{path}?termin=2026-2").status_code == 404


def test_who_was_asked_is_said_in_figures_that_tell_of_nobody(db, visit):
    def of(*categories: Category) -> str:
        room = over(db, people=len(categories))
        for person, category in zip(room.people, categories, strict=True):
            person.category = category
            answering.answer(db, session_id=room.session.id, given=SIX[0], now=NOW, by=person.id)
        closing.close(db, room.session.id, now=NOW, by=None)
        return visit(room.leader).get(f"/utvarderingar/{room.session.course.code}").text

    mostly = of(*[Category.ST_2021] * 6, Category.SPECIALIST)
    assert "Tillfrågade: grupperna visas inte, eftersom någon av dem är färre än fem" in mostly
    assert db.scalars(select(Evaluation.mix)).one() == {"st_2021": 6, "specialist": 1}
    both = of(*[Category.ST_2021] * 4, *[Category.ST_2015] * 3)
    assert "Tillfrågade: ST-läkare: 7." in both
