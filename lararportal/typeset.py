"""Typesetting: files of Typst become documents, tagged for who listens and fit to be kept (PDF/UA-1, PDF/A-2a).

The same words and the same moment give the same bytes; the fonts are those of the typesetter.
"""

import json
from datetime import datetime
from typing import Any

import typst

from lararportal import pages

STANDARDS: Any = ("ua-1", "a-2a")


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
