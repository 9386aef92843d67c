"""What the page about running the portal says, and the files beside it, is what there is: metrics and commands."""

import importlib
import re
import shlex
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import click
import pytest
from portals import KEYS
from prometheus_client import REGISTRY
from sqlalchemy.orm import Session

import lararportal.cli
from lararportal import clock, counted, heartbeat, measures
from lararportal.cli import MODULES, main
from lararportal.config import Settings, SettingsError, from_environment
from lararportal.edge import Installation

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
DEPLOY = ROOT / "docs/deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ALARMS = (DEPLOY / "alarms.yaml").read_text("utf-8")
RINGING = (DEPLOY / "alarms.test.yaml").read_text("utf-8")
ENVIRONMENT = (DEPLOY / "portal.env").read_text("utf-8")
NAME = re.compile(r"\blararportal_[a-z_]+\b")
NOT_OURS = {"POSTGRES_PASSWORD", "POSTGRES_USER"}
"""What the image of PostgreSQL is told."""


@pytest.fixture
def exported(installation: Installation, db: Session) -> set[str]:
    """The names of everything that is told, counters with the ending that Prometheus knows them by."""
    heartbeat.beat(db, "tick", now=clock.now())
    db.flush()
    told = [*measures.Measures(installation, clock.now).collect(), *REGISTRY.collect()]
    ending = {"counter": "_total"}
    found = {each.name + ending.get(each.type, "") for each in told}
    assert counted.ANEW.describe()[0].name + "_total" in found
    return {name for name in found if NAME.fullmatch(name)}


def test_the_page_names_the_metrics_that_there_are_and_no_others(exported: set[str]):
    table = re.findall(r"^\| `(lararportal_\w+)` \|", PAGE, re.MULTILINE)

    assert sorted(table) == sorted(exported)
    assert without_part(NAME.findall(PAGE)) - exported == set()


def test_alarms_ring_by_metrics_that_there_are(exported: set[str]):
    for text in (ALARMS, RINGING):
        named = without_part(NAME.findall(text))

        assert "lararportal_tick_age_seconds" in named
        assert named - exported == set()


def without_part(names: list[str]) -> set[str]:
    """A histogram is asked for by its parts."""
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


def test_every_alarm_has_its_advice_and_every_advice_its_alarm():
    rules = re.findall(r"^      - alert: (\w+)$", ALARMS, re.MULTILINE)
    advice = re.findall(r"^### (\w+)$", PAGE.split("\n## Alarms\n")[1].split("\n## ")[0], re.MULTILINE)

    assert len(rules) >= 10
    assert advice == rules


def test_every_alarm_has_a_case_in_which_it_rings():
    cases = re.findall(r"alertname: (\w+)(?:,|\n).*?exp_alerts: (\[\]|\[\{exp_labels)", RINGING, re.DOTALL)
    ringing = {alarm for alarm, expected in cases if expected != "[]"}

    assert ringing == set(re.findall(r"alert: (\w+)", ALARMS))


def calls() -> list[tuple[str, str]]:
    """Every call of the portal in the units, the compose file and the page's blocks of code, with its place."""
    found = [
        (path.name, call)
        for path in UNITS
        for call in re.findall(r"/opt/lararportal/bin/lararportal ([^;\n]+)", path.read_text("utf-8"))
    ]
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    found += [("compose.yaml", call) for call in re.findall(r"^    command: (.+)$", compose, re.MULTILINE)]
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    return found + [("page", call) for call in re.findall(r"bin/lararportal ([^)\n]+)", blocks)]


def is_understood(call: str) -> bool:
    """Whether the words are a command with options that it has."""
    command: click.Command = main
    words = shlex.split(call)
    while isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0)) if words else None
    if command is None:
        return False
    try:
        command.make_context("lararportal", words)
    except click.UsageError:
        return False
    return True


def test_units_and_containers_call_commands_that_there_are():
    found = calls()

    assert {place for place, _ in found} >= {path.name for path in UNITS} | {"compose.yaml", "page"}
    assert [each for each in found if not is_understood(each[1])] == []


@pytest.mark.parametrize(
    ("call", "understood"),
    [("web --port 8000", True), ("db upgrade", True), ("web --fly", False), ("fly", False), ("db", False)],
)
def test_a_call_that_leads_nowhere_is_noticed(call: str, understood: bool):  # noqa: FBT001 - a table
    assert is_understood(call) is understood


def test_every_command_is_found_in_its_module_and_none_stands_in_a_module_unseen():
    modules = {name: importlib.import_module(f"lararportal.cli.{name}") for name in MODULES.values()}
    beside = {path.stem for path in Path(lararportal.cli.__file__).parent.glob("*.py")}
    with_commands = {name for name in beside if "\nCOMMANDS = " in (ROOT / f"lararportal/cli/{name}.py").read_text()}

    assert modules.keys() == with_commands
    assert {(each.name, name) for name, found in modules.items() for each in found.COMMANDS} == set(MODULES.items())
    assert main.list_commands(click.Context(main)) == sorted(MODULES)


def test_what_begins_often_loads_no_pages_and_nothing_that_moves_the_schema():
    loaded = "import sys; from lararportal.cli import main; main.get_command(None, 'tick'); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True, cwd=ROOT)

    packages = {name.partition(".")[0] for name in said.stdout.split()}
    assert {"bookings", "redis"} <= packages
    assert not packages & {"alembic", "authlib", "gunicorn", "pygments", "wtforms", "pytest"}


def test_every_setting_that_the_files_name_exists():
    known = {each.metadata["variable"] for each in fields(Settings)} | NOT_OURS
    paths = [*UNITS, DEPLOY / "owner.env", DEPLOY / "compose.yaml", DEPLOY / "portal.env"]
    texts = [path.read_text("utf-8") for path in paths]
    set_there = set(re.findall(r"^(?:Environment=)?([A-Z][A-Z_]+)=", "\n".join(texts), re.MULTILINE))
    set_there |= set(re.findall(r"[ {]([A-Z][A-Z_]{3,}): ", texts[-2]))
    named = set(re.findall(r"\bLARARPORTAL_[A-Z_]+\b", PAGE))

    assert {"DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"} <= set_there
    assert (set_there | named) - known == set()


def test_the_settings_to_be_filled_in_are_those_without_a_default_and_can_be_read():
    given = dict(line.split("=", 1) for line in ENVIRONMENT.splitlines() if line and not line.startswith("#"))
    environment = {name: shlex.split(value)[0] for name, value in given.items()}

    # Nobody starts a portal with the keys of an example.
    with pytest.raises(SettingsError) as wrong:
        from_environment(environment)
    assert [fault.partition(":")[0] for fault in str(wrong.value).splitlines()] == [*KEYS]
    from_environment(environment | KEYS)
    # In containers some are others.
    contained = re.search(r"&environment\n((?:    .+\n)+)", (DEPLOY / "compose.yaml").read_text("utf-8"))[1]
    others = dict(re.findall(r"^    ([A-Z_]+): \"?([^\"\n]+)", contained, re.MULTILINE))
    assert from_environment(environment | KEYS | others).redis_url == "redis://redis:6379/0"

    needed = {each.metadata["variable"] for each in fields(Settings) if each.default is MISSING}
    assert set(environment) == needed | {"LARARPORTAL_PROXIES"}


def test_the_server_in_front_writes_no_questions_down():
    nginx = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text("utf-8"))

    assert re.findall(r"access_log (.+);", nginx) == ["off", "/var/log/nginx/lararportal.log told if=$is_told"]
    [told] = re.findall(r"log_format told '(.+)';", nginx)
    assert set(re.findall(r"\$(\w+)", told)) & {"request", "request_uri", "args", "query_string"} == set()
    assert "map $uri $told" in nginx
    assert '"~^/utvardering/" 0;' in nginx.partition("map $uri $is_told {")[2].partition("}")[0]


def test_every_part_counts_where_the_metrics_are_read():
    folder = "PROMETHEUS_MULTIPROC_DIR=/run/lararportal"
    counting = {path.stem.removeprefix("lararportal-") for path in UNITS if folder in path.read_text("utf-8")}
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    shared = re.findall(
        r"^    environment: .*_MULTIPROC_DIR: /run/lararportal}\n    volumes: \[\"counters:/run/lararportal\"\]$",
        compose,
        re.MULTILINE,
    )

    assert counting == {"web", "worker@", "tick", "metrics"}
    assert len(shared) == len(counting)


def test_units_that_are_enabled_on_the_page_lie_in_the_folder():
    enabled = re.findall(
        r"\b(lararportal-[a-z]+)(@\d)?(\.timer)?", PAGE.split("systemctl enable", 1)[1].split("```")[0]
    )
    wanted = {f"{name}{'@' if number else ''}{timer or '.service'}" for name, number, timer in enabled}
    there = {path.name for path in (DEPLOY / "systemd").iterdir()}
    started_by_timer = {name.replace(".timer", ".service") for name in there if name.endswith(".timer")}

    assert wanted | started_by_timer == there
