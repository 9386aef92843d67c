"""Whether tick, queue and mail live: each of them can fail, and is found to."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue
from rq.job import JobStatus
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from sqlalchemy import text

import make
from bookings import left_over_seats
from lararportal import clock, outbox
from lararportal.audit import found, in_motion, repairs, telling
from lararportal.audit.running import CHECKS, OF_QUEUE, of_queue
from lararportal.heartbeat import beat

NOW = clock.parse("2027-01-11T08:00")
FAULTS = {
    "tick_never": "DELETE FROM heartbeats",
    "tick_late": "UPDATE heartbeats SET at = '2027-01-11T06:54Z'",
    "journal_unsealed": "INSERT INTO journal (at, deed, facts) VALUES ('2027-01-11T06:54Z', 'planted', '{}')",
    "clock_ahead": "INSERT INTO journal (at, deed, facts) VALUES ('2027-01-11T07:06Z', 'planted', '{}')",
    "letters_wait": "UPDATE letters SET created_at = '2027-01-11T06:29Z', answer = '451 senare'",
    "letter_failed": "UPDATE letters SET state = 'failed', answer = '550 okänd mottagare'",
}
SENTENCES = {
    "tick_never": "Klockan, som öppnar omgångar, påminner och låter erbjudanden gå ut, har aldrig gått.",
    "tick_late": "Klockan, som öppnar omgångar, påminner och låter erbjudanden gå ut, "
    "gick senast 11 januari 2027 kl. 07.54.",
    "journal_unsealed": "Det finns rader i loggen som inte har förseglats, antal: 1, "
    "den äldsta från 11 januari 2027 kl. 07.54.",
    "clock_ahead": "Något är sparat som om det hände 11 januari 2027 kl. 08.06, alltså senare än nu, "
    "så någon klocka har gått fel.",
    "letters_wait": "Brev som inte har gått iväg är 1, det äldsta har väntat sedan 11 januari 2027 kl. 07.29, "
    "och e-postservern svarade senast: 451 senare",
    "letter_failed": "Brev {letter} till person {person} har inte gått att skicka, "
    "och e-postservern svarade: 550 okänd mottagare",
}


@pytest.fixture
def alive(db):
    """A portal whose tick has just run, with a letter that waits for its first attempt."""
    beat(db, "tick", now=NOW)
    left_over_seats.book(db, session_id=make.session(db).id, person_id=make.person(db).id, now=NOW, by=None)
    db.flush()
    return db


def test_nothing_is_said_of_a_portal_that_lives(alive):
    assert list(found(alive, CHECKS, in_motion(NOW))) == []
    assert list(FAULTS) == [each.name for each in CHECKS]


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_by_its_check_alone(alive, name):
    assert alive.execute(text(FAULTS[name])).rowcount == 1

    [finding] = found(alive, CHECKS, in_motion(NOW))
    assert finding.check == name
    assert telling.sentence(finding) == SENTENCES[name].format_map(finding.facts)


def test_a_letter_that_is_refused_for_its_address_or_was_sent_again_just_now_does_not_wait(alive):
    alive.execute(text(FAULTS["letters_wait"] + ", refused_at = '2027-01-11T06:30Z'"))
    of_letters = [each for each in CHECKS if each.name.startswith("letter")]
    refused = list(found(alive, of_letters, in_motion(NOW)))
    assert [(each.check, each.facts["answer"]) for each in refused] == [("letter_failed", "451 senare")]

    assert outbox.resend(alive, letter_id=refused[0].facts["letter"], now=NOW - timedelta(minutes=29), by=None)
    alive.flush()
    assert list(found(alive, of_letters, in_motion(NOW))) == []
    [waits] = found(alive, of_letters, in_motion(NOW + timedelta(minutes=2)))
    assert (waits.check, waits.facts["since"]) == ("letters_wait", NOW - timedelta(minutes=29))


@pytest.fixture
def queue(redis):
    return Queue("lararportal", connection=redis, serializer=JSONSerializer)


def test_a_queue_that_is_served_is_well(queue):
    queue.enqueue("lararportal.workers.see_to_it")

    assert list(of_queue(queue, in_motion(datetime.now(UTC)))) == []


def test_work_that_waits_or_has_failed_is_found(queue):
    job = queue.enqueue("lararportal.workers.see_to_it")
    later = datetime.now(UTC) + timedelta(minutes=6)

    [waits] = of_queue(queue, in_motion(later))
    assert (waits.check, waits.facts["count"]) == ("queue_waits", 1)
    assert telling.sentence(waits).endswith("(1 i kö), så ingen arbetsprocess verkar vara igång.")

    queue.remove(job)
    job.set_status(JobStatus.FAILED)
    FailedJobRegistry(queue=queue).add(job, ttl=60)
    [failed] = of_queue(queue, in_motion(later))
    told = "Arbete i bakgrunden har misslyckats det senaste dygnet, antal gånger: 1. Brev och lediga"
    assert telling.sentence(failed).startswith(told)
    # What has failed stays so for a day, whatever is done: no button shall promise otherwise.
    assert repairs.offer_for(failed) is None


def test_a_queue_that_is_away_is_found():
    away = Queue("lararportal", connection=Redis.from_url("redis://127.0.0.1:1/0"), serializer=JSONSerializer)

    [finding] = of_queue(away, in_motion(NOW))
    assert (finding.check, OF_QUEUE[0]) == ("queue_away", "queue_away")
