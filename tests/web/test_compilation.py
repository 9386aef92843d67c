"""The compilation: what came of the evaluations of a course, chosen by term."""

from datetime import date

from evaluation_room import closed

import make

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
