"""A wire to PostgreSQL that is cut at the commit: before the server hears of it, or before the client does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

from sqlalchemy import make_url

PIECE = 65_536


class Cut(Enum):
    """Where the commit ends that follows what is waited for."""

    BEFORE_THE_SERVER = "the server never hears of it"
    BEFORE_THE_CLIENT = "the server has done it, and its answer is lost"
    FOR_GOOD = "the same, and nobody can connect any more"


class Wire:
    """Carries every connection to the server, but for the one commit after a statement with these words in it."""

    def __init__(self, url: str, *, cut: Cut, after: bytes) -> None:
        address = make_url(url)
        self._server = (address.host, address.port)
        self._cut, self._after = cut, after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = address.set(host="127.0.0.1", port=self._listening.getsockname()[1]).render_as_string(False)
        self.has_cut = False
        self._is_open = True
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._is_open = False
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._sockets:
            end(each)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        with suppress(OSError):
            while self._is_open:
                client, _ = self._listening.accept()
                self._sockets.append(client)
                if self.has_cut and self._cut is Cut.FOR_GOOD:
                    end(client)
                    continue
                server = socket.create_connection(self._server)
                self._sockets.append(server)
                silent = threading.Event()
                self._carry(self._to_server, client, server, silent)
                self._carry(self._to_client, client, server, silent)

    def _carry(self, way, *ends) -> None:
        thread = threading.Thread(target=way, args=ends)
        self._threads.append(thread)
        thread.start()

    def _to_server(self, client: socket.socket, server: socket.socket, silent: threading.Event) -> None:
        heard = b""
        with suppress(OSError):
            while piece := client.recv(PIECE):
                heard += piece
                if not self.has_cut and self._after in heard and b"COMMIT" in piece:
                    self.has_cut = True
                    if self._cut is not Cut.BEFORE_THE_SERVER:
                        silent.set()
                        server.sendall(piece)
                        return  # The other way ends it, with what the server answers.
                    break
                server.sendall(piece)
        end(client)
        end(server)

    def _to_client(self, client: socket.socket, server: socket.socket, silent: threading.Event) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE):
                if silent.is_set():
                    break
                client.sendall(piece)
        end(client)
        end(server)


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def wire(url: str, *, cut: Cut, after: bytes) -> Iterator[Wire]:
    """A wire that is taken down with all that it carries."""
    made = Wire(url, cut=cut, after=after)
    try:
        yield made
    finally:
        made.close()
