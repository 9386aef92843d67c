"""What a leader has to do about a session, from before it until everything is signed."""

from datetime import date, time

import pytest

from courses.rules import Day, days
from courses.rules.desk import Affairs, to_do
from courses.states import Half, Todo
from lararportal import clock

MONDAY = date(2027, 3, 15)
HALVES = days.half_days([Day(MONDAY, time(8, 30), time(16, 30))])
FM, EM = (MONDAY, Half.MORNING), (MONDAY, Half.AFTERNOON)
BARE = {"seated": 3, "noted": {}, "is_completed": False, "unsigned": 0, "unprepared": 2}


@pytest.mark.parametrize(
    ("moment", "stands", "todo"),
    [
        ("2027-03-15T08:00", {}, {Todo.SEE_PREPARATION: 2}),
        ("2027-03-15T08:00", {"unprepared": 0}, {}),
        ("2027-03-15T09:00", {}, {}),
        ("2027-03-15T12:30", {}, {Todo.NOTE_ATTENDANCE: 1}),
        ("2027-03-15T12:30", {"noted": {FM: 2}}, {Todo.NOTE_ATTENDANCE: 1}),
        ("2027-03-15T12:30", {"noted": {FM: 3}}, {}),
        ("2027-03-15T17:00", {}, {Todo.NOTE_ATTENDANCE: 2, Todo.COMPLETE: 1}),
        ("2027-03-15T17:00", {"noted": {FM: 3, EM: 3}}, {Todo.COMPLETE: 1}),
        ("2027-03-15T17:00", {"noted": {FM: 3, EM: 3}, "is_completed": True, "unsigned": 3}, {Todo.SIGN: 3}),
        ("2027-03-30T17:00", {}, {}),
        ("2027-03-30T17:00", {"uncertified": 2, "is_completed": True}, {Todo.CERTIFY: 2}),
        ("2027-03-30T17:00", {"unsigned": 1, "is_completed": True}, {Todo.SIGN: 1}),
        ("2027-03-15T17:00", {"seated": 0}, {}),
    ],
)
def test_each_thing_is_asked_for_when_it_can_be_done_and_until_it_is(moment, stands, todo):
    assert to_do(HALVES, Affairs(**{**BARE, **stands}), now=clock.parse(moment)) == todo
