"""What the queue may call: the portal's own work, and nothing that somebody else has written there."""

import re

import pytest
from house.reading import product
from redis import Redis
from rq import Callback, Queue
from rq.serializers import JSONSerializer

from lararportal.edge import QUEUE
from lararportal.workers import CALLED, KnownJob, Unknown


def test_whoever_writes_in_redis_gives_no_orders(redis: Redis):
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    made = [queue.enqueue(each, on_failure=Callback("os.getpid")) for each in ("os.getpid", *CALLED)]
    known = {"connection": redis, "serializer": JSONSerializer}
    foreign, *ours = [KnownJob.fetch(each.id, **known) for each in made]

    with pytest.raises(Unknown):
        foreign.perform()
    assert (foreign.failure_callback, [each.func.__module__ for each in ours]) == (
        None,
        ["lararportal.workers"] * len(CALLED),
    )


def test_all_that_is_handed_over_is_known():
    named = {name for each in product() for name in re.findall(r'"(lararportal\.workers\.\w+)"', each.text)}

    assert named == CALLED
