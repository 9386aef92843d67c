"""Which files are taken as material, and when it is shown to participants."""

from datetime import datetime
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from courses.rules.reports import BEGINNINGS
from courses.states import MaterialShown, Refusal

LARGEST = 5 * 1024 * 1024
"""Bytes of a file."""

MOST = 40
"""Files and links of a session: more than anybody reads, and no room to fill a disk."""

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
BY_PART = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
}
"""By which part an office document is known."""

ENDINGS = {
    PDF: "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    **dict(zip(BY_PART.values(), ("docx", "pptx", "xlsx"), strict=True)),
}
ZIPPED = b"PK\x03\x04"
RUNS_BY_ITSELF = (b"/JavaScript", b"/Launch")
"""What a PDF has that does something when it is opened; where it is compressed it is not seen."""


def fault_of(content: bytes) -> Refusal | None:
    """Why a file is not taken: it is too large, or of no kind that is."""
    if len(content) > LARGEST:
        return Refusal.MATERIAL_TOO_LARGE
    found = media_type_of(content)
    return found if isinstance(found, Refusal) else None


def media_type_of(content: bytes) -> str | Refusal:
    """What a file is, by what is in it: its name says nothing. What could run on somebody's computer is refused."""
    if content.startswith(ZIPPED):
        return _office(content)
    found = next((kind for begins, kind in BEGINNINGS.items() if content.startswith(begins)), None)
    if found is None:
        return Refusal.MATERIAL_OF_OTHER_KIND
    if found == PDF and any(mark in content for mark in RUNS_BY_ITSELF):
        return Refusal.MATERIAL_WITH_PROGRAM
    return found


def _office(content: bytes) -> str | Refusal:
    try:
        with ZipFile(BytesIO(content)) as parts:
            names = [each.lower() for each in parts.namelist()]
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return Refusal.MATERIAL_OF_OTHER_KIND
    if "[content_types].xml" not in names:
        return Refusal.MATERIAL_OF_OTHER_KIND
    if any(_is_program(name) for name in names):
        return Refusal.MATERIAL_WITH_PROGRAM
    return next((kind for part, kind in BY_PART.items() if part in names), Refusal.MATERIAL_OF_OTHER_KIND)


def _is_program(name: str) -> bool:
    """Macros, controls, and objects of programs that nobody knows; a chart has its table with it and may."""
    return (
        name.endswith("vbaproject.bin") or "/activex/" in name or ("/embeddings/" in name and name.endswith(".bin"))
    )


def is_shown(shown: MaterialShown, *, ends: datetime, now: datetime) -> bool:
    """Before is until the last day has ended, and after is from then on."""
    is_over = now >= ends
    return shown is MaterialShown.ALWAYS or (shown is MaterialShown.AFTER) == is_over
