"""Servers that a test stops and starts, always at the same address."""

from pathlib import Path

from processes import kill, wait_until
from redis import Redis
from redis.exceptions import RedisError

from lararportal.dev.postgres import FORGETFUL, Postgres
from lararportal.dev.program import Program, free_port
from lararportal.dev.redis import _configuration, _server


class SteadyRedis:
    """A Redis of the test's own, which forgets everything when it is killed."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://:known@127.0.0.1:{port}/0"
        self.program = Program(
            name="Redis",
            command=[_server(), "-"],
            stdin=_configuration(port, "known").encode(),
            log=folder / "redis.log",
            directory=folder,
        )

    def start(self) -> None:
        self.program.start()
        with Redis.from_url(self.url) as connection:
            wait_until(lambda: answers(connection), what="Redis answers")

    def kill(self) -> None:
        kill(self.program)


def answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


class SteadyPostgres(Postgres):
    """A PostgreSQL that keeps what it has promised, but for a power cut."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, configuration={**FORGETFUL, "synchronous_commit": "on"})
        self._port = str(free_port())

    def _attempt(self) -> Program:
        program = super()._attempt()
        found = self._address.rpartition(":")[2]
        program.command = [f"port={self._port}" if word == f"port={found}" else word for word in program.command]
        self._address, self.url = (
            each.replace(f"@127.0.0.1:{found}", f"@127.0.0.1:{self._port}") for each in (self._address, self.url)
        )
        return program
