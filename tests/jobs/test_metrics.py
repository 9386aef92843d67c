"""What several web processes count is told as one, at an address that is not the portal's."""

import re
import socket
from dataclasses import replace
from pathlib import Path

import requests
from processes import Parts, wait_until

from lararportal.dev.program import free_port


def test_all_processes_of_a_host_are_told_as_one_and_at_that_path_only(parts: Parts, tmp_path: Path):
    counters = tmp_path / "counters"
    counters.mkdir()
    parts.settings = replace(parts.settings, counters_dir=str(counters))
    portal = parts.web(processes=2)
    port = free_port()
    watcher = parts.start("-m", "lararportal.cli", "metrics", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: "/metrics" in watcher.log.read_text("utf-8"), what="the metrics can be asked")

    def asked() -> int:
        """Each on a connection of its own, so that both processes come to answer."""
        return requests.get(f"{portal}/healthz", timeout=30).status_code

    number = 0
    while len(list(counters.glob("counter_*.db"))) < 2:
        assert (asked(), number < 10_000) == (200, True)
        number += 1
    # Those that share the folder from another container have the same numbers.
    assert [each for each in counters.iterdir() if f"_{socket.gethostname()}-" not in each.name] == []
    told = requests.get(f"{address}/metrics", timeout=30)

    assert told.headers["Content-Type"].startswith("text/plain; version=")
    line = re.search(r"^lararportal_requests_total\{(.*)\} (\S+)$", told.text, re.MULTILINE)
    assert set(line[1].split(",")) == {'method="GET"', 'route="/healthz"', 'status="200"'}
    assert float(line[2]) == number
    assert 'lararportal_well{part="database"} 1.0' in told.text
    assert requests.get(f"{address}/", timeout=30).status_code == 404
    assert requests.get(f"{portal}/metrics", timeout=30).status_code == 404

    second = parts.start("-m", "lararportal.cli", "metrics", "--port", str(port))
    wait_until(lambda: not second.is_running, what="nobody else listens there")
    said = second.log.read_text("utf-8")
    assert (second.exit_code, said) == (1, f"Error: nobody can listen at 127.0.0.1:{port}: Address already in use.\n")

    watcher.ask_to_stop()
    wait_until(lambda: not watcher.is_running, what="it ends when it is told to")
    assert watcher.exit_code == 0, watcher.last_lines()
