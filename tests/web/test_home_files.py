"""What is sent in has an end, and what is fetched has a harmless name and harmless cells."""

import re
from email.message import Message
from urllib.parse import unquote

import pytest
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader
from house.reading import product

from lararportal import web
from lararportal.downloads import attachment

ONE_MEGABYTE = 1024 * 1024


def name_in(header: str) -> str:
    """The name as a program reads it, which prefers the one with all letters."""
    message = Message()
    message["Content-Disposition"] = header
    found = re.search(r"filename\*=UTF-8''(\S+)$", header)
    return unquote(found[1]) if found else str(message.get_filename())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("kurs-7.ics", "kurs-7.ics"),
        ("närvaro Göteborg.xlsx", "närvaro-Göteborg.xlsx"),
        ('a"; filename="b.exe', "a-;-filename=-b.exe"),
        ("a\r\nSet-Cookie: x=1", "a--Set-Cookie--x=1"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".htaccess", "htaccess"),
        ("a\u202ecod.exe", "a-cod.exe"),
        ("a%0d%0a.txt", "a-0d-0a.txt"),
        ("a\x00b.txt", "a-b.txt"),
        ("", "fil"),
        ("x" * 500 + ".xlsx", "x" * 116 + ".xlsx"),
    ],
)
def test_a_file_has_a_name_that_is_only_a_name(name, kept):
    [header] = attachment(name).values()

    assert name_in(header) == kept
    assert header.isascii()
    assert re.fullmatch(r'attachment; filename="[^"\\]*"(; filename\*=UTF-8\'\'[\w.~%-]+)?', header)


def test_files_are_named_in_one_place_and_tables_written_in_one():
    named = {"Content-Disposition", "download_name", "as_attachment"}
    writing = re.compile(r"^(import|from) (xlsxwriter|openpyxl)|csv\.(writer|DictWriter)\(", re.MULTILINE)
    files = [source for source in product() if not source.path.startswith(("lararportal/dev/", "lararportal/demo/"))]

    assert [each.path for each in files if named & set(re.findall(r"[\w-]+", each.text))] == [
        "lararportal/downloads.py"
    ]
    assert [each.path for each in files if writing.search(each.text)] == ["lararportal/spreadsheets.py"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"q=" + b"x" * ONE_MEGABYTE, "application/x-www-form-urlencoded"),
        (b"x" * (ONE_MEGABYTE + 1), "multipart/form-data; boundary=x"),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(101)) + b"--x--",
            "multipart/form-data; boundary=x",
        ),
    ],
    ids=["a long text", "many bytes", "many parts"],
)
@pytest.mark.parametrize("path", ["/logga-in/demo", "/logga-ut/demo/besked", "/finansiering"])
def test_what_is_too_large_is_not_read_and_that_is_said(client, body, kind, path):
    client.application.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(path, data=body, content_type=kind)

    assert answer.status_code == 413
    assert "<h1>Det du skickade är för stort</h1>" in answer.text
    assert "Det får vara högst 1 megabyte. Inget av det är sparat." in answer.text


@pytest.mark.parametrize(
    "pieces",
    [b"zz\r\nabc\r\n0\r\n\r\n", b"5\r\nabc", b"3\r\nabcd\r\n0\r\n\r\n", b"-1\r\n"],
    ids=["no size", "no end", "too long", "negative"],
)
def test_what_comes_in_pieces_that_do_not_fit_is_no_fault_of_ours(own_app, pieces):
    own_app.config["WTF_CSRF_ENABLED"] = True
    web.answer_bodies(own_app)
    body = Body(ChunkedReader(None, IterUnreader([pieces])))
    sent = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    form = {"content_type": "application/x-www-form-urlencoded"}
    answer = own_app.test_client().post("/logga-ut", environ_overrides=sent, **form)

    assert (answer.status_code, "<h1>Det gick inte att läsa" in answer.text) == (400, True)
