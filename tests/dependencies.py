"""Asks whether anything that is locked has a fault that the world knows of; `make check` runs it.

`python tests/dependencies.py FOLDER REQUIREMENTS`: pip-audit lies in the folder. It fails for a fault that nobody has
accepted, and for an acceptance that is over or not needed. Where nobody can be asked it says so and does not fail.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import click

ACCEPTED = Path(__file__).parents[1] / "requirements-audit.toml"
NOT_ASKED = "Known faults of dependencies were not looked for: {}."
WITHIN_SECONDS = 120
AWAY = ("ConnectionError", "Connection refused", "ServiceError", "timed out", "Timeout", "resolve", "HTTPError")
"""What pip-audit says when it is the others who do not answer."""


def found(report: Mapping) -> list[tuple[str, str, Sequence[str]]]:
    """Package with version, name of the fault, and the versions that have it no more."""
    return [
        (f"{each['name']} {each['version']}", fault["id"], fault["fix_versions"])
        for each in report["dependencies"]
        for fault in each.get("vulns", ())
    ]


def not_known(report: Mapping) -> list[str]:
    """The packages of which nobody has said anything."""
    return [each["name"] for each in report["dependencies"] if "skip_reason" in each]


def faults(report: Mapping, accepted: Sequence[Mapping], *, today: date) -> Iterator[str]:
    """What must be done something about."""
    taken = {each["id"]: each for each in accepted}
    seen = found(report)
    for package, name, fixed in seen:
        if name not in taken:
            yield f"{package} has {name}; mended in {', '.join(fixed) or 'no version yet'}"
    for name, each in taken.items():
        if not each.get("reason", "").strip() or not isinstance(each.get("until"), date):
            yield f"{name} is accepted without a reason or a last day"
        elif each["until"] < today:
            yield f"{name} was accepted until {each['until']}: {each['reason']}"
        elif name not in {fault for _, fault, _ in seen}:
            yield f"{name} is accepted, and nothing has it any more"


def told(said: subprocess.CompletedProcess, accepted: Sequence[Mapping], *, today: date) -> tuple[list[str], int]:
    """What to tell, and with what to end."""
    try:
        report = json.loads(said.stdout)
    except ValueError:
        reason = (said.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
        if any(word in said.stderr for word in AWAY):
            return [NOT_ASKED.format(f"the service that knows them cannot be reached ({reason})")], 0
        return [f"pip-audit could not look: {reason}"], 1
    unknown = not_known(report)
    if len(unknown) == len(report["dependencies"]):
        return [NOT_ASKED.format("the service that was asked knows none of them")], 0
    lines = [*faults(report, accepted, today=today)]
    status = 1 if lines else 0
    lines += [f"Nobody knows anything of {', '.join(unknown)}."] if unknown else []
    return lines or [f"None of {len(report['dependencies'])} dependencies has a fault that is known."], status


def ask(folder: str, requirements: str) -> subprocess.CompletedProcess:
    """What pip-audit says of what is locked."""
    options = ["--format=json", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--timeout=5"]
    command = [sys.executable, "-m", "pip_audit", *options, "--requirement", requirements]
    environment = {**os.environ, "PYTHONPATH": folder}
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=WITHIN_SECONDS
        )
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(command, 1, "", f"timed out after {late.timeout:.0f} s")


def main(folder: str, requirements: str) -> int:
    """Asks, tells and ends."""
    if not (Path(folder) / "pip_audit").is_dir():
        click.echo(NOT_ASKED.format("pip-audit could not be installed"))
        return 0
    accepted = tomllib.loads(ACCEPTED.read_text("utf-8")).get("accepted", [])
    lines, status = told(ask(folder, requirements), accepted, today=date.today())  # noqa: DTZ011 - a day is enough
    click.echo("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
