"""Typesetting: files of Typst become documents, tagged for who listens and fit to be kept (PDF/UA-1, PDF/A-2a).

The same words and the same moment give the same bytes; the fonts are those of the typesetter.
"""

import json
import re
import unicodedata
from datetime import datetime
from typing import Any

import typst

from lararportal import pages

STANDARDS: Any = ("ua-1", "a-2a")

KNOWN = (
    ("\t", "\n"),
    (" ", "~"),
    ("\u00a0", "\u017f"),
    ("\u0391", "\u03a1"),
    ("\u03a3", "\u03ce"),
    ("\u0400", "\u045f"),
    ("\u2010", "\u2015"),
    ("\u2018", "\u2022"),
    ("\u2026", "\u2026"),
    ("\u2030", "\u203a"),
    ("\u20ac", "\u20ac"),
    ("\u2190", "\u21ff"),
    ("\u2200", "\u22ff"),
    ("\u25a1", "\u25a1"),
)
"""The first and last of the signs that the fonts of the typesetter have, as far as Swedish texts and figures go."""

INSTEAD = "\u25a1"
"""A square, for what the fonts have no picture of, such as a face."""

_UNKNOWN = re.compile(f"[^{''.join(f'{re.escape(first)}-{re.escape(last)}' for first, last in KNOWN)}]+")


def pdf(template: str, *, at: datetime, **said: Any) -> bytes:
    """The document of a file below `templates/`, which reads each thing that is said as JSON by its name.

    Raises:
        TypstError: it cannot be made to the standards.
    """
    path = pages.folder() / template
    made = typst.compile(
        path,
        root=path.parent,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={name: json.dumps(each) for name, each in said.items()},
        pdf_standards=list(STANDARDS),
        timestamp=int(at.timestamp()),
    )
    return bytes(made)


def printable(said: Any) -> Any:
    """What people have typed, with a square for each run of signs that no document can have.

    One face in one comment would else leave everybody without the document: the standards want a picture of
    every sign. Not for certificates: a name that cannot be written is not to be written otherwise.
    """
    if isinstance(said, str):
        seen = "".join(sign for sign in unicodedata.normalize("NFC", said) if unicodedata.category(sign) != "Cf")
        return _UNKNOWN.sub(INSTEAD, seen)
    if isinstance(said, dict):
        return {name: printable(each) for name, each in said.items()}
    return [printable(each) for each in said] if isinstance(said, list | tuple) else said
