"""What the auth room's form pages share: where to go on to."""

from auth import rules


def own_path(text: str | None) -> str:
    """The path to go on to, or nothing when it leads away from the portal."""
    return text if text and rules.is_own_path(text) else ""
