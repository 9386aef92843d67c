"""How long all that is asked of a provider may take, however it goes about answering."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

EXCHANGE_SECONDS = 10.0
"""For all the answers that a request needs together. Gunicorn ends a process that has answered nothing for 30."""


class TooSlow(Exception):  # noqa: N818 - as Refused
    """Patience has ended. No `OSError`, which the libraries would take for one address that does not answer."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Ends what is done within when so many seconds have passed, whatever it is waiting for.

    What libraries have is for each wait: it never ends where a byte comes now and then. A process of ours answers one
    request at a time, in the thread that hears signals; in another one there is only what libraries have. The look-up
    of an address ends by the patience of the system (`resolv.conf`), and only then this is heard of.

    Raises:
        TooSlow: it has taken longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_of_signal: object) -> NoReturn:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
