"""The watch over the programs: one that dies is started again, one that cannot live ends everything."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lararportal.dev.program import PATIENCE, CannotStart, Program

AT_ONCE = 5.0
"""Seconds; a program that does not live as long has died at once."""
DEATHS = 3
PAUSE = 1.0
"""Seconds between death and the next start."""


@dataclass
class Watch:
    """The programs that must run.

    `say` tells the developer what happens to them, `remember` writes down which processes they are.
    """

    say: Callable[[str, str], None]
    remember: Callable[[list[int]], None]
    servers: list[Program] = field(default_factory=list)
    """Watched over, and stopped by who has started them."""
    programs: list[Program] = field(default_factory=list)
    _deaths: dict[str, int] = field(default_factory=dict)

    def adopt(self, server: Program) -> None:
        """Watches over a server that has been started already."""
        self.servers.append(server)
        self.remember(self._pids())

    def start(self, program: Program) -> None:
        """Starts a program and watches over it from now on."""
        self.programs.append(program)
        program.start()
        self.remember(self._pids())

    def look(self) -> None:
        """Starts again what has died.

        Raises:
            CannotStart: a program has died at once three times.
        """
        for program in (*self.servers, *self.programs):
            if program.is_running:
                continue
            lived = time.monotonic() - program.started
            deaths = self._deaths.get(program.name, 0) + 1 if lived < AT_ONCE + PAUSE else 1
            self._deaths[program.name] = deaths
            how = ended(program.exit_code)
            if deaths >= DEATHS:
                raise CannotStart(
                    f"{program.name} {how}, {DEATHS} times at once; the end of {program.log}:\n{program.last_lines()}"
                )
            self.say(program.name, f"{how}; starting it again (log: {program.log})")
            program.stop(0)
            time.sleep(PAUSE)
            program.start()
            self.remember(self._pids())

    def stop(self) -> None:
        """Stops the programs; all are asked at once, none is waited for longer than patience goes."""
        for program in self.programs:
            program.ask_to_stop()
        end = time.monotonic() + PATIENCE
        for program in self.programs:
            program.stop(max(0.1, end - time.monotonic()))

    def _pids(self) -> list[int]:
        everything = (*self.servers, *self.programs)
        return [program.process.pid for program in everything if program.process is not None]


def ended(exit_code: int | None) -> str:
    """How a program ended, in words."""
    if exit_code is not None and exit_code < 0:
        return f"was killed by signal {-exit_code}"
    return f"ended with exit code {exit_code}"
