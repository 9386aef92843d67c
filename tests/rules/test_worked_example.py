"""The example of the public page: that the engine says of it what the page says."""

from bookings.rules import worked_example
from bookings.rules.allocation import allocate, check
from bookings.rules.reasons import Deciding
from bookings.states import Outcome


def named(doctors):
    return [each.name for each in doctors]


def test_it_is_a_round_that_could_be_published():
    instance = worked_example.instance()

    assert check(instance, allocate(instance)) == []


def test_two_of_five_get_the_seats_and_the_others_stand_in_line():
    doctors = worked_example.doctors()

    assert len(doctors) == 5
    assert [(each.name, each.code, each.position) for each in doctors] == [
        ("Elin", Outcome.ADMITTED, None),
        ("Bo", Outcome.ADMITTED, None),
        ("Alva", Outcome.WAITLISTED, 1),
        ("Cilla", Outcome.WAITLISTED, 2),
        ("David", Outcome.WAITLISTED, 3),
    ]


def test_each_step_shows_another_part_of_the_key():
    steps = worked_example.steps()

    assert [(step.one.name, step.other.name) for step in steps] == [
        ("Elin", "Bo"),
        ("Bo", "Alva"),
        ("Alva", "Cilla"),
        ("Cilla", "David"),
    ]
    assert [step.mine.part for step in steps] == [
        Deciding.LAST_CHANCE,
        Deciding.LOTTERY,
        Deciding.MONTHS_LEFT,
        Deciding.TARGET,
    ]
    assert all(step.mine.value < step.theirs.value for step in steps)


def test_what_the_page_says_beside_it_is_true():
    first, *_, last = worked_example.doctors()
    [_, second, *_] = worked_example.doctors()

    assert (first.applied, last.lot < second.lot) == (5, True)


def test_the_first_in_line_is_who_would_have_had_the_seat():
    instance = worked_example.instance()
    first = worked_example.doctors()[0].name
    del instance["applicants"][first]

    assert [name for name, held in allocate(instance)["assign"].items() if held] == ["Alva", "Bo"]
