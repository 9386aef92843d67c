"""Typesetting: the compilation as a document, tagged for who listens and fit to be kept (PDF/UA-1, PDF/A-2a)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst

from lararportal import pages

STANDARDS: Any = ["ua-1", "a-2a"]


def pdf(compilation: Mapping[str, Any], *, now: datetime) -> bytes:
    """The document that says this; the texts are set as they are, whatever signs are in them.

    Raises:
        TypstError: it cannot be made to the standards.
    """
    folder = pages.folder() / "evaluations"
    made = typst.compile(
        folder / "compilation.typ",
        root=folder,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"compilation": json.dumps(compilation)},
        pdf_standards=list(STANDARDS),
        timestamp=int(now.timestamp()),
    )
    return bytes(made)
