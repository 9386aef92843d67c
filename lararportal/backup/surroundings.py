"""The settings as a backup keeps them: a file of variables as services read it, without a single secret.

Two secrets are needed to read all of the data, the keys of personal numbers, and are kept where secrets are: who has
a backup must not have them. Of the others one signs cookies and forms, and the rest are passwords of other systems.
What does belong to the data are the sign-in providers, whose addresses are part of every identity, and the late fee.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import fields

from lararportal.config import Settings

VARIABLES = {entry.name: str(entry.metadata["variable"]) for entry in fields(Settings)}
PROVIDERS = VARIABLES["providers"]
SECRET = [VARIABLES[name] for name in (
        "secret_key", "data_keys", "index_key", "database_url", "redis_url", "smtp_url",
    )]  # fmt: skip
"""The keys, and the addresses that have passwords in them."""
KEPT = [name for name in VARIABLES.values() if name not in SECRET]
OF_THE_PLACE = [VARIABLES[name] for name in ("env", "log_level", "letters_dir")]
"""May differ wherever the portal lies, and no user notices."""


def told(environ: Mapping[str, str]) -> str:
    """The settings of a process that can be shown, one variable a line."""
    lines = [
        f"# The settings when this backup was made, without {', '.join(SECRET)}",
        f"# and without any client_secret in {PROVIDERS}: secrets are not kept here.",
        *(f"{name}={shlex.quote(value)}" for name, value in _harmless(environ).items()),
    ]
    return "\n".join([*lines, ""])


def changed(kept: str, environ: Mapping[str, str]) -> list[str]:
    """The variables that users would notice, and that are not now as they were kept."""
    was = dict(word.split("=", 1) for word in shlex.split(kept, comments=True))
    now = _harmless(environ)
    return [name for name in KEPT if name not in OF_THE_PLACE and was.get(name) != now.get(name)]


def _harmless(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _without_secrets(environ[name]) if name == PROVIDERS else environ[name]
        for name in KEPT
        if name in environ
    }


def _without_secrets(providers: str) -> str:
    """The providers, as canonical as JSON gets, so that they can be compared."""
    entries = json.loads(providers)
    return json.dumps([{key: entry[key] for key in sorted(entry) if key != "client_secret"} for entry in entries])
