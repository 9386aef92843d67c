"""Files that browsers keep: under a name that no program takes for anything but a name."""

import unicodedata
from urllib.parse import quote

UNSAFE = frozenset('"%*/:<>?\\|')
"""What some system, or the header itself, takes for something else; percent signs some browsers decode twice."""

LONGEST = 120


def attachment(name: str) -> dict[str, str]:
    """The header that says so: in letters that every program reads, and as it is where it has others (RFC 6266)."""
    safe = _safe(name)
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode("ascii")
    said = f'attachment; filename="{plain}"'
    if plain != safe:
        said += f"; filename*=UTF-8''{quote(safe, safe='')}"
    return {"Content-Disposition": said}


def _safe(name: str) -> str:
    """Without what ends a header, leads elsewhere, hides a file, or turns the direction of writing."""
    kept = "".join(
        "-" if sign in UNSAFE or unicodedata.category(sign)[0] == "C" or sign.isspace() else sign for sign in name
    )
    stem, dot, ending = kept.strip("-. ").rpartition(".")
    return f"{stem[: LONGEST - len(ending)]}{dot}{ending}" if stem else ending or "fil"
