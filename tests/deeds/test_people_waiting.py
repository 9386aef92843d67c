"""Who waits to be confirmed."""

from auth import queries
from auth.states import Area, Category, Role, Standing
from make import holder, person


def test_everybody_pending_waits_but_who_only_works_with_the_courses(db):
    new = person(db, standing=Standing.PENDING, category=None, area=None, residency_start=None, planned_end=None)
    described = person(db, standing=Standing.PENDING, area=Area.SKARABORG)
    leads_and_learns = holder(db, Role.LEADER, standing=Standing.PENDING, category=Category.SPECIALIST)
    holder(db, Role.COORDINATOR, standing=Standing.PENDING)
    person(db)

    assert (queries.pending_count(db, None), queries.pending_count(db, [Area.SKARABORG])) == (3, 1)
    page = queries.people(db, areas=None, name="", standing=Standing.PENDING, number=1)
    assert {each.id for each in page.rows} == {new.id, described.id, leads_and_learns.id}
