"""Letters are enciphered for the mail server of the settings, and for nobody who only stands in its place."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mail_server import Talk, served

from lararportal.config import Settings
from lararportal.mail import MailError, postman
from lararportal.outbox import Letter

NOW = datetime.now(UTC)
LETTER = {"address": "anna@example.org", "subject": "Din plats", "body": "Hej", "calendars": []}


@pytest.fixture(scope="module")
def certificate_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A certificate that a server at this address has made itself, with its key."""

    def make(address: str) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = tmp_path_factory.mktemp("mail") / "mail.pem"
        pem = serialization.Encoding.PEM
        path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *plain))
        return path

    return make


def enciphers(path: Path, scheme: str, talk: Talk) -> None:
    """Takes one letter, over TLS from the first byte or from STARTTLS on."""
    if scheme == "smtp":
        talk.greet()
        talk.rfile.readline()
        talk.say("250-test")
        talk.say("250 STARTTLS")
        talk.rfile.readline()
        talk.say("220 go on")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with suppress(ssl.SSLError), context.wrap_socket(talk.connection, server_side=True) as wire:
        talk.rfile, talk.wfile = wire.makefile("rb"), wire.makefile("wb", buffering=0)
        if scheme == "smtps":
            talk.greet()
        if talk.hear_letter():
            talk.say("250 taken")
            talk.rfile.readline()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("address", "certificate", "is_known", "fault"),
    [
        ("127.0.0.1", "checked", True, ""),
        ("127.0.0.1", "checked", False, "self-signed certificate"),
        ("127.0.0.2", "checked", True, "IP address mismatch"),
        ("127.0.0.2", "unchecked", False, ""),
    ],
)
def test_a_letter_is_told_only_to_a_server_whose_certificate_is_known_unless_the_settings_say_otherwise(
    certificate_of, settings: Settings, monkeypatch, scheme, address, certificate, is_known, fault
):
    path = certificate_of(address)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    letter = Letter(**LETTER, message_id="<1@test>", created_at=NOW)
    with served(partial(enciphers, path, scheme)) as server:
        url = f"{scheme}://127.0.0.1:{server.port}"
        with postman(replace(settings, smtp_url=url, smtp_certificate=certificate)) as post:
            if fault:
                with pytest.raises(ssl.SSLCertVerificationError, match=fault):
                    post.send(letter)
            else:
                assert post.send(letter) == "250 taken"
    assert server.heard == ([] if fault else ["<1@test>"])


ELSEWHERE = "0.0.0.0"
"""It leads back to this host, and is none of the names that it has."""
LINE = "250 taken"


def speaks_plainly(talk: Talk) -> None:
    """Takes one letter, and knows nothing of TLS, or says so."""
    talk.greet()
    if talk.hear_letter():
        talk.say(LINE)
        talk.rfile.readline()


@pytest.mark.parametrize(
    ("host", "certificate", "is_told"),
    [("127.0.0.1", "checked", True), (ELSEWHERE, "checked", False), (ELSEWHERE, "unchecked", True)],
)
def test_no_letter_goes_to_another_host_in_clear_text_unless_the_settings_say_otherwise(
    settings: Settings, host, certificate, is_told
):
    letter = Letter(**LETTER, message_id="<1@test>", created_at=NOW)
    with served(speaks_plainly) as server:
        url = f"smtp://{host}:{server.port}"
        with postman(replace(settings, smtp_url=url, smtp_certificate=certificate)) as post:
            if is_told:
                assert post.send(letter) == LINE
            else:
                with pytest.raises(MailError, match="offers no TLS"):
                    post.send(letter)
    assert server.heard == (["<1@test>"] if is_told else [])
