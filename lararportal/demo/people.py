"""A portal without a term: the demonstration people alone, each with what they are said to be."""

from datetime import datetime
from random import Random

from lararportal import clock
from lararportal.db import Database
from lararportal.demo import arrivals
from lararportal.demo.agenda import Progress, play
from lararportal.demo.cast import ANNA, POSTS, SARA, Cast, Casting
from lararportal.demo.dates import Timeline
from lararportal.demo.lottery import SEED


def welcome_people(database: Database, *, now: datetime, issuer: str, progress: Progress) -> None:
    """Those who work here have their roles, and Anna and Sara are confirmed doctors; there is nothing else.

    `issuer` is the provider where they sign in.
    """
    timeline = Timeline(now)
    rng = Random(f"{SEED}:people")  # noqa: S311 - a demonstration is to come out the same each time
    everybody = Casting(rng, today=clock.day_of(now), codes={}, share=0).cast()
    known = Cast(
        residents=[each for each in everybody.residents if each.subject == ANNA],
        specialists=[each for each in everybody.specialists if each.subject == SARA],
        colleagues=[each for each in everybody.colleagues if each.subject in POSTS],
    )
    came = [
        *arrivals.colleagues(known, timeline, issuer=issuer),
        *arrivals.doctors(known, timeline, rng, issuer=issuer),
    ]
    play(database, came, label="people", progress=progress)
