"""A demonstration without a term: the accounts that are printed are what they are said to be."""

from datetime import date

import pytest
from sqlalchemy import func, select

from auth.models import Grant, Identity, Person
from auth.states import Area, Category, Role, Standing
from courses.models import Course
from lararportal.clock import at
from lararportal.db import Database
from lararportal.demo import welcome_people
from lararportal.dev.people import PEOPLE

NOW = at(date(2027, 3, 1), 8)
ISSUER = "http://127.0.0.1:20000"


@pytest.fixture
def welcomed(db, database: Database):
    welcome_people(database, now=NOW, issuer=ISSUER, progress=lambda *_: None)
    return db


def test_everybody_who_can_sign_in_is_known_where_they_do_so_and_nobody_else(welcomed):
    known = welcomed.execute(select(Identity.issuer, Identity.value).order_by(Identity.value))

    assert [tuple(row) for row in known] == sorted((ISSUER, person.subject) for person in PEOPLE)
    assert welcomed.scalar(select(func.count()).select_from(Course)) == 0


def test_those_who_work_here_hold_their_roles(welcomed):
    held = welcomed.execute(select(Person.email, Grant.role, Grant.area).join(Grant, Grant.person_id == Person.id))

    assert {tuple(row) for row in held} == {
        ("karin.kursledare@example.org", Role.LEADER, None),
        ("olle.samordnare@example.org", Role.COORDINATOR, None),
        ("eva.studierektor@example.org", Role.DIRECTOR, Area.GOTEBORG),
        ("gunnar.granskare@example.org", Role.REVIEWER, None),
        ("system.admin@example.org", Role.ADMINISTRATOR, None),
    }


def test_the_doctors_are_confirmed(welcomed):
    confirmed = Person.standing == Standing.CONFIRMED
    doctors = welcomed.execute(select(Person.given_name, Person.category).where(confirmed))

    assert {tuple(row) for row in doctors} == {("Anna", Category.ST_2015), ("Sara", Category.SPECIALIST)}
