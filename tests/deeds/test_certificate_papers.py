"""Certificates on paper: what stands there, for eyes and ears, and that it is one page and stays as it is."""

import hashlib
import io
import re
from functools import cache

import pytest
from papers import alternative_texts
from pypdf import PdfReader

from courses.certificates import typesetting
from courses.certificates.typesetting import pdf
from courses.rules.certificates import PRINTED, fitted, printed
from lararportal import pages

LONG_NAME = ("Bartholomeus-Emanuel Wolfeschlegelsteinhausen" * 3)[:100]
PAPER = {
    "layout": 1,
    "kind": "a_2015",
    "number": "2027-0042",
    "version": 1,
    "code": "CDFH-JKMN-PQRT",
    "address": "https://portal.example/intyg/CDFHJKMNPQRT",
    "portal": "portal.example/intyg",
    "qr": typesetting._drawn("https://portal.example/intyg/CDFHJKMNPQRT"),
    "given": "Åsa Märta",
    "family": "Sjöö",
    "personal_number": "19121212-1212",
    "objectives": ["c3"],
    "course": "Hudsjukdomar i primärvård",
    "description": "Kursen tar upp vanliga hudsjukdomar på vårdcentralen.",
    "period": "15 och 16 mars 2027",
    "place": "Göteborg, Konferens Aspen",
    "leaders": ["Karin Öberg", "Per Ståhl"],
    "minutes": 810,
    "half_days": 4,
    "of_half_days": 4,
    "signatory": {"name": "Karin Öberg", "workplace": "Vårdcentralen Eken", "is_specialist": True},
    "made": {"year": 2027, "month": 3, "day": 17},
    "made_on": "17 mars 2027",
    "made_at": "2027-03-17T08:00:00+00:00",
}
LONGEST = {
    "given": LONG_NAME,
    "family": LONG_NAME,
    "course": "Mycketlångtkursnamn " * 10,
    "description": fitted("Kursen tar upp mycket som är långt och svårt att säga kort. " * 40),
    "period": "8, 9, 10, 11, 12, 15, 16, 17, 18 och 19 mars 2027",
    "place": "P" * 200,
    "leaders": [f"{LONG_NAME} {LONG_NAME}"] * 9,
    "objectives": ["a1", "a2", "a5", "a6", "b1", "b2", "b3", "b4", "b5", "c3", "c6", "c14"],
    "signatory": {"name": f"{LONG_NAME} {LONG_NAME}", "workplace": "V" * 200, "is_specialist": True},
    "version": 12,
}
BARE = {
    "personal_number": "",
    "description": "",
    "leaders": [],
    "signatory": {"name": "", "workplace": "", "is_specialist": False},
}
LAYOUTS = {1: "17e6b84237435cacf100c70d44491307e0df753d1e9629bc9285c43967c1c203"}
"""What has been issued by a layout looks as it did: whoever wants another makes another layout, and names it here."""


@cache
def made(kind: str) -> bytes:
    return pdf([PAPER | {"kind": kind, "objectives": ["STc3"] if kind == "a_2021" else PAPER["objectives"]}])


def text_of(file: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(file)).pages[0].extract_text().split())


def said(kind: str) -> str:
    return text_of(made(kind))


@pytest.mark.parametrize("kind", ["a_2015", "a_2021", "b"])
def test_a_file_keeps_to_both_standards_and_can_be_listened_to_in_swedish(kind):
    file = PdfReader(io.BytesIO(made(kind)))
    root = file.trailer["/Root"]
    title = {"b": "Kursintyg 2027-0042"}.get(kind, "Intyg om genomförd kurs 2027-0042")
    assert (len(file.pages), file.metadata.title, root["/Lang"]) == (1, title, "sv-SE")
    assert (root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (True, True)
    ids = re.findall(r"<(pdf\w*id:\w+)>([^<]+)<", root["/Metadata"].get_data().decode())
    assert sorted(ids) == [("pdfaid:conformance", "A"), ("pdfaid:part", "2"), ("pdfuaid:part", "1")]
    alternatives = list(alternative_texts(root["/StructTreeRoot"]))
    assert alternatives == ["QR-kod som leder till https://portal.example/intyg/CDFHJKMNPQRT"]
    assert (len(root["/OutputIntents"]), file.is_encrypted, len(file.trailer["/ID"])) == (1, False, 2)
    assert [
        each for each in fonts(file) if each not in ({"/FontFile2", "/ToUnicode"}, {"/FontFile3", "/ToUnicode"})
    ] == []


def fonts(file):
    """Of each font whether it is in the file, and whether its signs can be read as letters."""
    for font in file.pages[0]["/Resources"]["/Font"].values():
        found = font.get_object()
        descriptor = found["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        yield {*found, *descriptor} & {"/FontFile2", "/FontFile3", "/ToUnicode"}


@pytest.mark.parametrize(
    ("kind", "there", "elsewhere"),
    [
        (
            "a_2015",
            [
                *("Namn Åsa Märta Sjöö", "Personnummer 19121212-1212", "Delmål som intyget gäller c3"),
                *(
                    "Ämne och period Hudsjukdomar i primärvård, 15 och 16 mars 2027",
                    "Kursledare Karin Öberg, Per Ståhl",
                ),
                *("Beskrivning av kursen Kursen tar upp", "kompetenskraven i delmålet c3.", "Roll Kursledare"),
                *("Tjänsteställe Vårdcentralen Eken", "Specialitet Allmänmedicin", "Ort och datum", "Namnteckning"),
            ],
            ["timmar"],
        ),
        (
            "a_2021",
            ["Ämne Hudsjukdomar i primärvård", "delmålet STc3.", "bilaga 10", "Namnförtydligande Karin Öberg"],
            ["15 och 16 mars", "Per Ståhl", "Specialitet Allmänmedicin"],
        ),
        (
            "b",
            ["har gått kursen", "Period 15 och 16 mars 2027", "Närvaro 13,5 timmar, 4 av 4 halvdagar"],
            ["19121212", "kompetenskraven"],
        ),
    ],
)
def test_it_says_what_its_form_asks_for_and_nothing_else(kind, there, elsewhere):
    whole = said(kind)
    every = ["Intygsnummer 2027-0042", "Version 1", "Kontrollkod CDFH-JKMN-PQRT", "portal.example/intyg"]
    assert [each for each in [*there, *every] if each not in whole] == []
    assert [each for each in elsewhere if each in whole] == []


@pytest.mark.parametrize("kind", ["a_2015", "b"])
@pytest.mark.parametrize("facts", [LONGEST, BARE], ids=["longest", "bare"])
def test_it_is_one_page_whatever_stands_on_it(kind, facts):
    file = pdf([PAPER | {"kind": kind} | facts])
    assert len(PdfReader(io.BytesIO(file)).pages) == 1
    assert "CDFH-JKMN-PQRT" in text_of(file)


def test_every_sign_that_is_said_to_be_printed_is():
    signs = [chr(each) for first, last in PRINTED for each in range(ord(first), ord(last) + 1)]
    there = [each for each in signs if printed(each) == each and each.isprintable()]
    assert len(there) > 1800
    for place in range(0, len(there), 400):
        words = " ".join("".join(there[here : here + 10]) for here in range(place, min(place + 400, len(there)), 10))
        assert pdf([PAPER | {"kind": "b", "description": words}])


def test_what_people_write_is_no_markup():
    written = "#panic() *a* $x$ <b> @ref // \\ [c]"
    assert written in text_of(pdf([PAPER | {"description": written}]))


def test_those_of_a_session_are_one_file_with_a_page_for_each():
    file = PdfReader(io.BytesIO(pdf([PAPER | {"number": f"2027-{number:04}"} for number in range(1, 4)])))
    assert [f"2027-000{number}" in page.extract_text() for number, page in enumerate(file.pages, 1)] == [True] * 3


def test_the_same_rows_give_the_same_bytes():
    assert pdf([PAPER]) == pdf([dict(PAPER)]) == made("a_2015")


def test_a_layout_that_was_issued_by_stays_as_it_is():
    folder = pages.folder() / "certificates"
    found = {int(each.stem): hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.glob("[0-9]*.typ")}
    assert found == LAYOUTS
