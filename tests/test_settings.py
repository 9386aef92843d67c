"""Settings stop the start when they are wrong, and what is written about running the portal is true."""

import json
import re
from dataclasses import MISSING, fields

import click
import pytest
from house.reading import ROOT
from portals import KEYS, SAFE

from lararportal.cli import main
from lararportal.config import Settings, SettingsError, from_environment
from lararportal.providers import Provider

PROVIDER = {
    "name": "demo",
    "title": "Demo",
    "issuer": "https://id.example.org",
    "client_id": "portal",
    "client_secret": "hush",
}
ENVIRONMENT = {
    "LARARPORTAL_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    **KEYS,
    "DATABASE_URL": "postgresql://portal@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "LARARPORTAL_BASE_URL": "https://portal.example.org",
    "LARARPORTAL_PROVIDERS": json.dumps([PROVIDER]),
    "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:25",
    "LARARPORTAL_MAIL_FROM": "Portal <portal@example.org>",
}
FEE_FORM = "does not read like 30:50,14:100 (days before the start, and per cent)"
FEE_ORDER = "does not come nearer to the start and cost more with every step"
PACE_FORM = "does not read like 60/minute 3000/minute (of a person, and of an address)"
ONE, OTHER = (part.partition(":")[2] for part in KEYS["LARARPORTAL_DATA_KEYS"].split(","))
RING_FORM = "does not read like NAME:KEY,NAME:KEY, with keys of 32 bytes in Base64, the newest first"
NOT_RANDOM = "has a key that is no random 32 bytes: openssl rand -base64 32"
FAR_DATABASE = "leads to another host without sslmode=verify-full"
FAR_QUEUE = "leads to another host without rediss:// and a certificate that is checked"
NOT_A_NAME = "has more than a host and a port: the portal has a name for itself, and no path"
BARE = "is no plain address such as bounces@example.org"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def faults(**changes: str | None) -> list[str]:
    """What is wrong with an environment that is right but for the changes; None takes a variable away."""
    environment = {name: value for name, value in {**ENVIRONMENT, **changes}.items() if value is not None}
    with pytest.raises(SettingsError) as error:
        from_environment(environment)
    return str(error.value).splitlines()


class TestTheEnvironment:
    def test_becomes_settings_with_defaults_for_the_rest(self):
        assert from_environment(ENVIRONMENT) == Settings(
            env="production",
            secret_key="0123456789abcdef0123456789abcdef",
            data_keys=SAFE.ring,
            index_key=SAFE.index_key,
            database_url="postgresql://portal@127.0.0.1/portal",
            redis_url="redis://127.0.0.1:6379/0",
            base_url="https://portal.example.org",
            providers=(Provider(**PROVIDER),),
            smtp_url="smtp://127.0.0.1:25",
            mail_from="Portal <portal@example.org>",
            idle_minutes=30,
            absolute_hours=10,
            fresh_minutes=10,
            late_fee=(),
            log_level="info",
            letters_dir="",
        )

    def test_is_the_process_own_when_no_other_is_given(self, monkeypatch):
        for name, value in {**ENVIRONMENT, "LARARPORTAL_IDLE_MINUTES": "20"}.items():
            monkeypatch.setenv(name, value)

        assert from_environment().idle_minutes == 20

    @pytest.mark.parametrize(
        ("value", "steps"),
        [
            ("", ()),
            (" ", ()),
            ("30:50", ((30, 50),)),
            ("30:50,14:100", ((30, 50), (14, 100))),
            (" 30:50, 0:100 ", ((30, 50), (0, 100))),
        ],
    )
    def test_may_say_what_a_late_cancellation_costs(self, value, steps):
        assert from_environment({**ENVIRONMENT, "LARARPORTAL_LATE_FEE": value}).late_fee == steps

    def test_may_hold_what_is_not_ours(self):
        assert from_environment({**ENVIRONMENT, "PATH": "/bin", "DATABASE": "x"}) == from_environment(ENVIRONMENT)

    def test_of_a_developer_may_name_the_folder_of_letters(self):
        settings = from_environment(
            {**ENVIRONMENT, "LARARPORTAL_ENV": "development", "LARARPORTAL_LETTERS_DIR": "/tmp/letters"}
        )

        assert (settings.is_development, settings.letters_dir) == (True, "/tmp/letters")

    @pytest.mark.parametrize("variable", ENVIRONMENT)
    def test_lacks_nothing_that_has_no_default(self, variable):
        [meaning] = [each.metadata["about"] for each in fields(Settings) if each.metadata["variable"] == variable]

        assert faults(**{variable: None}) == [f"{variable} is missing ({meaning})"]

    def test_has_no_misspelt_setting(self):
        assert faults(LARARPORTAL_IDLE_MINUTE="20") == ["LARARPORTAL_IDLE_MINUTE is not a setting"]

    @pytest.mark.parametrize(
        ("variable", "value", "fault"),
        [
            ("LARARPORTAL_ENV", "test", "is neither production nor development"),
            ("LARARPORTAL_SECRET_KEY", "short", "is shorter than 32 characters"),
            ("LARARPORTAL_DATA_KEYS", "", RING_FORM),
            ("LARARPORTAL_DATA_KEYS", "2027:short", RING_FORM),
            ("LARARPORTAL_DATA_KEYS", f"1:{ONE},1:{OTHER}", "has the same name or the same key twice"),
            ("LARARPORTAL_DATA_KEYS", f"1:{ONE},2:{ONE}", "has the same name or the same key twice"),
            ("LARARPORTAL_DATA_KEYS", f"1:{'A' * 43}=", NOT_RANDOM),
            ("LARARPORTAL_INDEX_KEY", "", "is no key of 32 bytes in Base64"),
            ("LARARPORTAL_INDEX_KEY", "A" * 43 + "=", NOT_RANDOM),
            ("LARARPORTAL_INDEX_KEY", OTHER, "is one of LARARPORTAL_DATA_KEYS, and must be a key of its own"),
            ("LARARPORTAL_INNER_TLS", "no", "is neither checked nor unchecked"),
            ("DATABASE_URL", "postgresql://u:p@db/x", FAR_DATABASE),
            ("DATABASE_URL", "postgresql://u:p@db/x?sslmode=require", FAR_DATABASE),
            ("DATABASE_URL", "postgresql://u:p@127.0.0.1,db:5433/x", FAR_DATABASE),
            ("DATABASE_URL", "postgresql:///x?host=db", FAR_DATABASE),
            ("REDIS_URL", "redis://:p@queue:6379/0", FAR_QUEUE),
            ("REDIS_URL", "rediss://queue/0?ssl_cert_reqs=none", FAR_QUEUE),
            ("REDIS_URL", "rediss://queue/0?ssl_check_hostname=False", FAR_QUEUE),
            ("DATABASE_URL", "sqlite:///x", "does not begin with postgresql:// or postgres://"),
            ("REDIS_URL", "127.0.0.1:6379", "does not begin with redis:// or rediss:// or unix://"),
            ("LARARPORTAL_BASE_URL", "portal.example.org", "does not begin with https:// or http://"),
            (
                "LARARPORTAL_BASE_URL",
                "http://portal.example.org",
                "begins with http://, which is for development only",
            ),
            *(
                ("LARARPORTAL_BASE_URL", f"https://{each}", NOT_A_NAME)
                for each in ("", "x.org/kurser", "x.org?a", "a@x.org")
            ),
            ("LARARPORTAL_PROXIES", "-1", "is not a whole number"),
            ("LARARPORTAL_SMTP_URL", "mail.example.org", "does not begin with smtp:// or smtps://"),
            ("LARARPORTAL_IDLE_MINUTES", "half an hour", "is not a whole number"),
            ("LARARPORTAL_FRESH_MINUTES", "0", "is not one minute or more"),
            ("LARARPORTAL_INVITATION_DAYS", "0", "is not between one day and 365"),
            ("LARARPORTAL_INVITATION_DAYS", "366", "is not between one day and 365"),
            ("LARARPORTAL_SUMMONS_DAYS", "0", "is not between one day and 60"),
            ("LARARPORTAL_PREPARATION_DAYS", "61", "is not between one day and 60"),
            ("LARARPORTAL_ABSOLUTE_HOURS", "-1", "is not a whole number"),
            ("LARARPORTAL_BOUNCE_ADDRESS", "Studs <studs@example.org>", BARE),
            ("LARARPORTAL_BOUNCE_ADDRESS", "studs", BARE),
            ("LARARPORTAL_LATE_FEE", "30", FEE_FORM),
            ("LARARPORTAL_NO_SHOW_FEE", "101", "is not a whole number from 1 to 100"),
            ("LARARPORTAL_LATE_FEE", "30:50;14:100", FEE_FORM),
            ("LARARPORTAL_LATE_FEE", "30:50,", FEE_FORM),
            ("LARARPORTAL_LATE_FEE", "-1:50", FEE_FORM),
            ("LARARPORTAL_LATE_FEE", "30:50 %", FEE_FORM),
            ("LARARPORTAL_LATE_FEE", "30:0", "has a step that does not cost 1 to 100 per cent"),
            ("LARARPORTAL_LATE_FEE", "30:101", "has a step that does not cost 1 to 100 per cent"),
            ("LARARPORTAL_LATE_FEE", "14:50,30:100", FEE_ORDER),
            ("LARARPORTAL_LATE_FEE", "14:50,14:100", FEE_ORDER),
            ("LARARPORTAL_LATE_FEE", "30:50,14:50", FEE_ORDER),
            ("LARARPORTAL_UNFUNDED_SEATS", "sell", "is neither keep nor release"),
            ("LARARPORTAL_PACE_FORMS", "60/minute", PACE_FORM),
            ("LARARPORTAL_PACE_FORMS", "60 3000", PACE_FORM),
            ("LARARPORTAL_PACE_SIGN_INS", "60/minute 0/minute", PACE_FORM),
            ("LARARPORTAL_PACE_FILES", "", PACE_FORM),
            ("LARARPORTAL_PACE_FILES", "none", PACE_FORM),
            ("LARARPORTAL_PACE_FILES", "1/minute 1/week", PACE_FORM),
            ("LARARPORTAL_PACE_FILES", "1/minute 2/hour 3/hour", PACE_FORM),
            ("LARARPORTAL_LOG_LEVEL", "loud", "is none of debug, info, warning, error"),
            ("LARARPORTAL_PROVIDERS", "[]", "is not a JSON list with at least one provider"),
            ("LARARPORTAL_PROVIDERS", '{"name": "demo"}', "is not a JSON list with at least one provider"),
            ("LARARPORTAL_PROVIDERS", '["demo"]', "is not a JSON list with at least one provider"),
            ("LARARPORTAL_PROVIDERS", json.dumps([PROVIDER, PROVIDER]), "names the same provider twice"),
        ],
    )
    def test_holds_no_value_that_cannot_be_meant(self, variable, value, fault):
        assert faults(**{variable: value}) == [f"{variable}: {fault}"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"DATABASE_URL": "postgresql://u:p@db/x?sslmode=verify-full", "REDIS_URL": "rediss://:p@queue:6380/0"},
            {"DATABASE_URL": "postgresql:///x?host=/run/postgresql", "REDIS_URL": "unix:///run/redis.sock"},
            {"DATABASE_URL": "postgresql://u@[::1]:5432/x", "REDIS_URL": "redis://localhost"},
            {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://queue", "LARARPORTAL_INNER_TLS": "unchecked"},
            {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://queue", "LARARPORTAL_ENV": "development"},
        ],
        ids=["enciphered", "sockets", "own addresses", "said otherwise", "development"],
    )
    def test_leads_to_other_hosts_with_a_checked_certificate_alone(self, changes):
        assert from_environment({**ENVIRONMENT, **changes}).database_url == changes["DATABASE_URL"]

    @pytest.mark.parametrize(
        ("value", "part"),
        [
            ("demo", "Expecting value"),
            (json.dumps([{**PROVIDER, "issuers": "x"}]), "demo has issuers, which is not known"),
            (json.dumps([{"name": "demo"}]), "demo lacks title, issuer, client_id"),
        ],
        ids=["no JSON", "one name too many", "names missing"],
    )
    def test_says_what_a_provider_has_too_much_or_too_little(self, value, part):
        [fault] = faults(LARARPORTAL_PROVIDERS=value)

        assert fault.startswith("LARARPORTAL_PROVIDERS: ")
        assert part in fault

    @pytest.mark.parametrize(
        "changes",
        [
            {"LARARPORTAL_IDLE_MINUTES": "0"},
            {"LARARPORTAL_IDLE_MINUTES": "121", "LARARPORTAL_ABSOLUTE_HOURS": "2"},
            {"LARARPORTAL_ABSOLUTE_HOURS": "0"},
        ],
    )
    def test_lets_no_sign_in_rest_for_longer_than_it_lasts(self, changes):
        assert faults(**changes) == [
            "LARARPORTAL_IDLE_MINUTES: is not between one minute and LARARPORTAL_ABSOLUTE_HOURS"
        ]

    def test_shows_no_letters_in_production(self):
        assert faults(LARARPORTAL_LETTERS_DIR="/tmp") == ["LARARPORTAL_LETTERS_DIR: is for development only"]

    def test_is_told_every_fault_at_once_and_no_secret(self):
        found = faults(LARARPORTAL_SECRET_KEY="hush-hush", DATABASE_URL="mysql://portal:hush@db/x", REDIS_URL=None)

        assert [fault.split(" ")[0] for fault in found] == ["DATABASE_URL:", "LARARPORTAL_SECRET_KEY:", "REDIS_URL"]
        assert "hush" not in "".join(found)


def rows_of(table: str) -> list[list[str]]:
    """The cells of the table under a heading of the README, without its head."""
    section = (ROOT / "README.md").read_text("utf-8").split(f"\n## {table}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def default_of(default: object) -> str:
    if default is MISSING:
        return "none: must be set"
    return "empty" if default in {"", (), None} else f"`{default}`"


def code_of(kind: str) -> list[tuple[str, str]]:
    """What stands in `backticks` or in a ```block``` of code, with its page."""
    pattern = {"inline": r"(?<!`)`([^`\n]+)`(?!`)", "block": r"```sh\n(.*?)```"}[kind]
    return [(page.name, text) for page in PAGES for text in re.findall(pattern, page.read_text("utf-8"), re.DOTALL)]


def commands_of(program: str) -> set[str]:
    """The lines of code that call a program, without comments."""
    lines = [line for _, block in code_of("block") for line in block.splitlines()]
    lines += [text for _, text in code_of("inline")]
    return {line.split(" #")[0].strip() for line in lines if re.match(rf"{program} ", line)}


class TestTheReadme:
    def test_lists_every_setting_as_the_code_has_it(self):
        settings = [
            [f"`{each.metadata['variable']}`", each.metadata["about"], default_of(each.default)]
            for each in fields(Settings)
        ]

        assert rows_of("Settings") == settings

    def test_names_targets_of_the_makefile(self):
        named = {line.split()[1] for line in commands_of("make")}
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))

        assert {"run", "test"} <= named
        assert named - targets == set()

    def test_names_commands_of_the_portal(self):
        named = commands_of("lararportal")

        assert {"lararportal web", "lararportal db upgrade"} <= named
        assert [line for line in sorted(named) if not is_command(line.split()[1:])] == []

    def test_and_the_other_pages_name_files_that_exist(self):
        named = {
            (page, text)
            for page, text in code_of("inline")
            if re.fullmatch(r"[\w.-]+(/[\w.-]+)+|[\w./-]+(/|\.(py|md|txt|html|css|toml))", text)
            and not text.startswith("/")
        }

        assert ("README.md", "bookings/rules/line.py") in named
        assert sorted(each for each in named if not is_there(each[1])) == []

    def test_and_the_other_pages_link_to_files_that_exist(self):
        links = [(page, to) for page in PAGES for to in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text("utf-8"))]

        assert len(links) >= 1
        assert [(page.name, to) for page, to in links if not (page.parent / to).exists()] == []


def is_command(words: list[str]) -> bool:
    """Whether the words lead to a command; what follows it are its arguments."""
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command is not None and not isinstance(command, click.Group)


def is_there(path: str) -> bool:
    """Whether a path exists from the top; a bare name may be one of a room's files, or of a room within it."""
    bare = [] if "/" in path.rstrip("/") else [*ROOT.glob(f"*/{path}"), *ROOT.glob(f"bookings/*/{path}")]
    return (ROOT / path).exists() or bool(bare)


@pytest.mark.parametrize(
    ("line", "exists"),
    [("web", True), ("db upgrade", True), ("courses import FILE.csv", True), ("fly", False), ("db", False)],
)
def test_a_command_that_does_not_exist_is_noticed(line, exists):
    assert is_command(line.split()) is exists


@pytest.mark.parametrize(
    ("path", "exists"),
    [("auth/rules.py", True), ("rules.py", True), ("templates/letters/", True), ("auth/magic.py", False)],
)
def test_a_file_that_does_not_exist_is_noticed(path, exists):
    assert is_there(path) is exists
