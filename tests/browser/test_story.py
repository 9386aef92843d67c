"""One term: a doctor signs in for the first time, applies, gets a seat and gives it to the next in line."""

import pytest

from browser.stage import Stage
from browser.story_applying import (
    she_arrives,
    she_describes_herself,
    she_finds_the_course,
    she_has_it_in_writing,
    she_is_confirmed,
    she_ranks_three_sessions,
    she_reads_what_counts,
    she_sends_it_in,
)
from browser.story_checking import she_checks_her_lot, she_reads_every_step
from browser.story_deciding import (
    all_have_their_decisions,
    every_letter_has_come_once,
    he_closes_the_round,
    he_publishes,
    he_sees_it_done,
    he_waits,
    she_cancels,
    she_sees_why,
    the_next_in_line_has_the_seat,
)
from browser.story_drawing import (
    he_enters_it,
    he_opens_the_round,
    she_draws_her_secret,
    she_shows_her_secret,
    the_value_becomes_known,
)
from browser.story_reserve import he_draws_up, he_draws_up_again, he_opens_it, he_sees_whom_it_would_help
from browser.story_term import a_term, the_others_apply


def test_a_doctor_applies_gets_a_seat_and_gives_it_to_the_next_in_line(stage: Stage):
    term = a_term(stage.house)
    anna, eva, olle, nils, drawing = (stage.enter() for _ in range(5))

    secret = she_draws_her_secret(stage, drawing, term)
    he_opens_the_round(stage, olle, term)
    the_others_apply(stage.house, term)
    with stage.worker():
        she_arrives(stage, anna)
        she_describes_herself(stage, anna)
        she_is_confirmed(stage, eva)
        she_finds_the_course(stage, anna, term)
        she_ranks_three_sessions(stage, anna, term)
        she_sends_it_in(stage, anna, term)
        she_has_it_in_writing(stage, anna, term)
    he_closes_the_round(stage, olle, term)
    she_reads_what_counts(stage, anna, term)
    she_shows_her_secret(stage, drawing, term, secret)
    the_value_becomes_known(stage, term)
    he_enters_it(stage, olle, term)
    he_draws_up(stage, olle, term)
    he_sees_whom_it_would_help(stage, olle, term)
    he_opens_it(stage, olle, term)
    he_draws_up_again(stage, olle, term)
    he_publishes(stage, olle, term)
    with stage.worker():
        he_sees_it_done(stage, olle, term)
        all_have_their_decisions(stage, term)
        she_sees_why(stage, anna, term)
        she_reads_every_step(stage, anna, term)
        she_checks_her_lot(stage, anna, term)
        he_waits(stage, nils, term)
        she_cancels(stage, anna, term)
        the_next_in_line_has_the_seat(stage, nils, term)
    every_letter_has_come_once(stage, term)


@pytest.mark.parametrize("stage", ["without script"], indirect=True)
def test_who_has_no_script_brings_a_secret_of_their_own(stage: Stage):
    """The one page of the term that has a script: on all others there is nothing that could be missing."""
    she_draws_her_secret(stage, stage.enter(), a_term(stage.house))
