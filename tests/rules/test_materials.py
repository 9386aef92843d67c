"""Which files are taken as material, by what is in them, and when it is shown."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from courses.rules.materials import ENDINGS, is_shown, media_type_of
from courses.states import MaterialShown, Refusal
from lararportal import clock

TYPES = "[Content_Types].xml"
OTHER, PROGRAM = Refusal.MATERIAL_OF_OTHER_KIND, Refusal.MATERIAL_WITH_PROGRAM


def office(*names: str) -> bytes:
    whole = BytesIO()
    with ZipFile(whole, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return whole.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.7 /OpenType", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (office(TYPES, "word/document.xml"), "docx"),
        (office(TYPES, "ppt/presentation.xml", "ppt/embeddings/Microsoft_Excel_Sheet.xlsx"), "pptx"),
        (office(TYPES, "xl/workbook.xml", "xl/printerSettings/printerSettings1.bin"), "xlsx"),
    ],
)
def test_what_a_course_hands_out_is_taken(content, ending):
    assert ENDINGS[media_type_of(content)] == ending


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", OTHER),
        (b"MZ\x90\x00", OTHER),
        (b"\x7fELF", OTHER),
        (b"<html><script>", OTHER),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", OTHER),
        (b"#!/bin/sh", OTHER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OTHER),
        (b"PK\x03\x04" + bytes(40), OTHER),
        (office("word/document.xml"), OTHER),
        (office(TYPES, "virus.exe"), OTHER),
        (b"%PDF-1.7 << /S /JavaScript /JS (x) >>", PROGRAM),
        (b"%PDF-1.7 << /S /Launch >>", PROGRAM),
        (office(TYPES, "word/document.xml", "word/vbaProject.bin"), PROGRAM),
        (office(TYPES, "xl/workbook.xml", "xl/activeX/activeX1.xml"), PROGRAM),
        (office(TYPES, "ppt/presentation.xml", "ppt/embeddings/oleObject1.bin"), PROGRAM),
    ],
)
def test_what_could_do_something_by_itself_or_is_not_known_is_refused(content, why):
    assert media_type_of(content) is why


@pytest.mark.parametrize(
    ("shown", "then"),
    [
        (MaterialShown.BEFORE, (True, False)),
        (MaterialShown.AFTER, (False, True)),
        (MaterialShown.ALWAYS, (True, True)),
    ],
)
def test_before_is_until_the_last_day_has_ended_and_after_is_from_then_on(shown, then):
    ends = clock.parse("2027-03-16T16:30")
    moments = (clock.parse("2027-03-16T16:29"), ends)
    assert tuple(is_shown(shown, ends=ends, now=each) for each in moments) == then
