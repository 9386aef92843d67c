"""Queues that keep their promise, whatever doctors and staff do in whatever order, and however time passes.

Hypothesis draws what happens next. After each transaction, also those of the tick, `queues.witness` follows the
journal with a model that knows nothing of the portal's own rules; `tests/queues` tells what it expects.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from queues.play import BEGINS
from queues.played_by_staff import StaffsPlay
from queues.played_by_time import PlayOfTime
from queues.term import stage
from sqlalchemy import Connection

from lararportal.db import Database


class Queues(PlayOfTime, StaffsPlay):
    """All that may happen."""


SHORT, LONG = 4, 120
"""So many terms are played: always the same ones in each run, and others each time where there is time."""


@pytest.mark.parametrize("terms", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def test_queues_keep_their_promise(connection: Connection, database: Database, terms: int):
    with database.transaction() as db:
        cast = stage(db, now=BEGINS)
    run_state_machine_as_test(
        lambda: Queues(connection, cast, is_thorough=terms == LONG),
        settings=settings(
            max_examples=terms,
            stateful_step_count=24 if terms == SHORT else 40,
            derandomize=terms == SHORT,
            # To find the shortest story takes minutes: that is for who asks for it.
            phases=[Phase.generate] if terms == SHORT else list(Phase),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
