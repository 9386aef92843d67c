"""Everybody can look for a course: by words, and by what is chosen beside them."""

import re
from datetime import date, timedelta

import pytest
from jinja2 import UndefinedError

import make
from auth.states import Area
from courses.queries.search import last_of_month
from courses.states import Kind, Publicity
from lararportal import clock

TODAY = clock.day_of(clock.now())
SOON = TODAY + timedelta(days=40)
LATER = SOON + timedelta(days=100)


def codes(answer):
    assert answer.status_code == 200
    return re.findall(r'<article[^>]* aria-labelledby="kurs-([^"]+)"', answer.text)


def sessions(answer):
    return [int(number) for number in re.findall(r'href="/tillfallen/(\d+)"', answer.text)]


def heading(answer):
    return " ".join(re.search(r'<h2 id="traffar"[^>]*>(.*?)</h2>', answer.text, re.DOTALL).group(1).split())


@pytest.fixture
def catalogue(db):
    """Three courses, two with sessions."""
    skin = make.course(
        db,
        code="KL02",
        title="Dermatologi",
        kind=Kind.CLINICAL,
        description="Hudens sjukdomar, 100 % fall.",
        objectives_2015=["c4", "c5"],
        objectives_2021=["STc4"],
        preparatory_parts=1,
    )
    talk = make.course(db, code="OB02", title="Kommunikation", objectives_2015=["b1"], objectives_2021=["STb1"])
    make.course(db, code="OV05", title="Fortbildningsdag", kind=Kind.OTHER, objectives_2015=[], objectives_2021=[])
    return {
        "skin": make.session(db, of=skin, days=[SOON], area=Area.SKARABORG, seats=10, seats_taken=10),
        "late skin": make.session(db, of=skin, days=[LATER], area=Area.FYRBODAL, seats=10, seats_taken=9),
        "talk": make.session(db, of=talk, days=[SOON], area=Area.FYRBODAL),
    }


def test_the_catalogue_shows_every_published_course_mandatory_ones_first(catalogue, client):
    answer = client.get("/kurser")

    assert codes(answer) == ["OB02", "KL02", "OV05"]
    assert sessions(answer) == [catalogue[name].id for name in ("talk", "skin", "late skin")]
    assert heading(answer) == "3 kurser"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=derma", ["KL02"]),
        ("q=DERMA+SJUK", ["KL02"]),
        ("q=derma+kommunikation", []),
        ("q=kl02", ["KL02"]),
        ("q=stb1", ["OB02"]),
        ("q=c4", ["KL02"]),
        ("q=kommunikation+b1", ["OB02"]),
        ("q=%25", ["KL02"]),
        ("q=_", []),
        ("q=100+%25", ["KL02"]),
        ("typ=klinisk", ["KL02"]),
        ("typ=ovrig", ["OV05"]),
        ("delmal=b1", ["OB02"]),
        ("delmal=STc4", ["KL02"]),
        ("delmal=c1", []),
        ("omrade=fyrbodal", ["OB02", "KL02"]),
        ("omrade=skaraborg&lediga=1", []),
        ("omrade=goteborg", []),
        (f"manad={LATER:%Y-%m}", ["KL02"]),
        ("lediga=1", ["OB02", "KL02"]),
        ("forberedelse=1", ["KL02"]),
        ("q=derma&typ=klinisk&delmal=c5&omrade=fyrbodal&lediga=1&forberedelse=1", ["KL02"]),
        ("q=derma&typ=obligatorisk", []),
    ],
)
def test_a_search_finds_what_fits_every_word_and_every_choice(catalogue, client, query, found):
    assert sorted(codes(client.get(f"/kurser?{query}"))) == sorted(found)


def test_only_fitting_sessions_are_shown_of_a_course_that_is_found(catalogue, client):
    assert sessions(client.get("/kurser?q=derma&lediga=1")) == [catalogue["late skin"].id]


def test_what_is_shown_is_published_not_in_reserve_and_not_over(db, client):
    course = make.course(db, code="KL02")
    make.course(db, code="UTK", publicity=Publicity.DRAFT)
    make.course(db, code="ARK", publicity=Publicity.ARCHIVED)
    shown = make.session(db, of=course, days=[TODAY])
    make.session(db, of=course, days=[TODAY - timedelta(days=1)])
    make.session(db, of=course, days=[SOON], is_reserve=True)
    for publicity in (Publicity.DRAFT, Publicity.ARCHIVED, Publicity.CALLED_OFF):
        make.session(db, of=course, days=[SOON], publicity=publicity)

    answer = client.get("/kurser")

    assert (codes(answer), sessions(answer)) == (["KL02"], [shown.id])


def test_the_number_of_hits_is_said_in_the_title_and_the_heading(catalogue, client):
    one, none = client.get("/kurser?q=derma"), client.get("/kurser?q=derma+zzz")

    assert "<title>Kurser, 1 träff \u2013 Lärportalen</title>" in one.text
    assert heading(one) == "1 kurs passar din sökning"
    assert heading(none) == "0 kurser passar din sökning"


def test_an_empty_search_leads_back_to_all_courses(catalogue, client):
    answer = client.get("/kurser?q=zzz")

    assert "Ingen kurs passar" in answer.text
    assert '<a class="btn btn-primary" href="/kurser">Visa alla kurser</a>' in answer.text


def test_the_search_stays_in_its_form(catalogue, client):
    answer = client.get(f"/kurser?q=derma&typ=klinisk&manad={SOON:%Y-%m}&lediga=1")

    assert re.search(r'<input[^>]* name="q"[^>]* value="derma"', answer.text)
    assert '<option selected value="klinisk">' in answer.text
    assert f'<option selected value="{SOON:%Y-%m}">' in answer.text
    assert re.search(r'<input checked[^>]* name="lediga"', answer.text)


@pytest.mark.parametrize("query", ["typ=kul", "omrade=norrland", "manad=snart", "manad=1999-01", "delmal=c99"])
def test_a_choice_that_does_not_exist_is_named_and_left_out(catalogue, client, query):
    answer = client.get(f"/kurser?{query}")

    assert sorted(codes(answer)) == ["KL02", "OB02", "OV05"]
    assert "Det gick inte att gå vidare" in answer.text


def test_a_text_that_is_too_long_is_named_and_left_out(catalogue, client):
    answer = client.get(f"/kurser?q={'x' * 201}")

    assert len(codes(answer)) == 3
    assert "Skriv högst 200 tecken." in answer.text


def test_a_course_in_many_sessions_shows_the_next_four_and_leads_to_the_rest(db, client):
    course = make.course(db, code="KL02")
    made = [make.session(db, of=course, days=[SOON + timedelta(days=n)]).id for n in range(5)]

    answer = client.get("/kurser")

    assert sessions(answer) == made[:4]
    assert '<a href="/kurser/KL02">Visa alla 5 kurstillfällen</a>' in answer.text


def test_the_catalogue_asks_as_much_of_the_database_for_30_courses_as_for_one(db, client, queries):
    make.session(db, days=[SOON])
    queries.reset()
    client.get("/kurser?q=kurs")
    for_one = queries.count
    for _ in range(29):
        make.session(db, days=[SOON])
    queries.reset()

    answer = client.get("/kurser?q=kurs")

    assert len(codes(answer)) == 30
    assert (for_one, queries.count) == (2, 2)


def test_the_catalogue_says_what_is_true_now_whatever_it_said_before(db, client):
    session = make.session(db, days=[SOON], seats=10, seats_taken=3)
    before = client.get("/kurser").text
    session.seats_taken = 10
    db.flush()

    after = client.get("/kurser").text

    assert ("<strong>7</strong> lediga av 10" in before, "<strong>Fullt</strong>, 10 platser" in after) == (
        True,
        True,
    )


def test_a_part_that_is_remembered_cannot_ask_who_reads_it(app):
    with app.test_request_context(), pytest.raises(UndefinedError, match="'visitor' is undefined"):
        app.jinja_env.globals["remembered"]("base.html", is_development=False, is_bare=False)


def test_months_are_offered_in_which_something_begins(db, client):
    first = LATER.replace(day=1)
    last = last_of_month(first + timedelta(days=40))
    make.session(db, days=[date(SOON.year, SOON.month, 28)], publicity=Publicity.DRAFT)
    for begins in (TODAY - timedelta(days=1), TODAY, first, first, last):
        make.session(db, days=[begins])

    offered = re.findall(r'<option [^>]*value="(\d{4}-\d\d)"', client.get("/kurser").text)

    assert offered == [f"{month:%Y-%m}" for month in (TODAY, first, last)]
