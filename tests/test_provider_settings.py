"""What the settings say of a provider that cannot be meant stops the start, with a sentence and no secret."""

import json
import os
import re
from dataclasses import fields

import pytest
from house.reading import ROOT
from joserfc.jwk import ECKey, OctKey, RSAKey

from lararportal import providers
from lararportal.providers import AuthTime, ClientAuth, IdentityKind, Provider

PLAIN = {
    "name": "region",
    "title": "Region",
    "issuer": "https://id.example.org",
    "client_id": "portal",
    "client_secret": "hush",
}
KEY = ECKey.generate_key("P-256", private=True)
BY_KEY = {**PLAIN, "client_auth": "private_key_jwt", "key_algorithm": "ES256", "client_secret": None}


def read(*entries: dict) -> tuple[Provider, ...]:
    """The providers that the entries are; None takes a part away."""
    return providers.read(
        json.dumps([{name: value for name, value in entry.items() if value is not None} for entry in entries])
    )


def fault(*entries: dict) -> str:
    with pytest.raises(ValueError, match=r".") as found:
        read(*entries)
    assert "hush" not in str(found.value)
    return str(found.value)


@pytest.fixture
def key_file(tmp_path) -> str:
    path = tmp_path / "key.pem"
    path.write_bytes(KEY.as_pem(private=True))
    return str(path)


def test_what_is_not_said_is_as_most_providers_have_it():
    assert read(PLAIN) == (
        Provider(
            name="region",
            title="Region",
            issuer="https://id.example.org",
            client_id="portal",
            client_auth=ClientAuth.BASIC,
            client_secret="hush",
            scope="openid profile email",
            identity_kind=IdentityKind.SUB,
            identity_claim="sub",
        ),
    )


def test_everything_can_be_said(key_file):
    asked = {"id_token": {"employeeHsaId": None}}
    more = {"key_file": key_file, "key_id": "one", "claims": asked, "acr_values": ["a", "b"], "accepted_acr": ["b"]}
    who = {
        "auth_time": "assumed",
        "identity_kind": "hsa_id",
        "identity_claim": "employeeHsaId",
        "given_name_claim": "first",
    }
    [found] = read({**BY_KEY, **more, **who})

    assert (found.client_auth, found.key_file, found.key_id) == (ClientAuth.PRIVATE_KEY, key_file, "one")
    assert (found.acr_values, found.accepted_acr) == (("a", "b"), ("b",))
    assert json.loads(found.claims) == asked
    assert found.auth_time is AuthTime.ASSUMED
    assert (found.identity_kind, found.identity_claim) == (IdentityKind.HSA_ID, "employeeHsaId")
    assert providers.private_key(found).as_dict(private=True)["d"] == KEY.as_dict(private=True)["d"]


def test_a_key_may_be_a_json_web_key(tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(KEY.as_dict(private=True)))

    assert len(read({**BY_KEY, "key_file": str(path)})) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": None, "client_id": None}, "region lacks title, client_id"),
        ({"name": None}, "a provider lacks name"),
        ({"secret": "x", "issuers": "x"}, "region has issuers, secret, which is not known"),
        ({"title": 7}, "region has a title that is no text"),
        ({"claims": "email"}, "region has claims that are no object with id_token and userinfo"),
        ({"claims": {"email": {}}}, "region has claims that are no object with id_token and userinfo"),
        ({"accepted_acr": "loa3"}, "region has accepted_acr that are no list of words"),
        ({"acr_values": ["loa 3"]}, "region has acr_values that are no list of words"),
        (
            {"client_auth": "client_secret_jwt"},
            "region has a client_auth that is none of client_secret_basic, client_secret_post, private_key_jwt",
        ),
        ({"identity_kind": "email"}, "region has a identity_kind that is none of sub, hsa_id, personal_number"),
        ({"auth_time": "never"}, "region has a auth_time that is none of demanded, assumed"),
    ],
)
def test_what_is_not_of_its_kind_is_named(change, said):
    assert fault({**PLAIN, **change}) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Region/Väst"}, "is not named in small letters, digits and hyphens"),
        ({"title": " ", "client_id": ""}, "has nothing as its title, client_id"),
        ({"issuer": "http://id.example.org"}, "has an issuer that is no plain address with https://"),
        ({"issuer": "https://id.example.org/?a=1"}, "has an issuer that is no plain address with https://"),
        ({"issuer": "https://me:hush@id.example.org"}, "has an issuer that is no plain address with https://"),
        ({"issuer": "https://[id"}, "has an issuer that is no plain address with https://"),
        *(
            (
                {"sends_to": ["https://ok.example.org", other]},
                "has a sends_to with what is no host with https:// before it, and nothing behind",
            )
            for other in (
                "cards.example.org",
                "https://cards.example.org/",
                "http://cards.example.org",
                "https://a;b",
            )
        ),
        ({"scope": "profile"}, "has a scope without openid"),
        ({"acr_values": ["loa3"]}, "has acr_values and no accepted_acr: nobody would look at what comes back"),
        ({"identity_kind": "hsa_id"}, "knows people by hsa_id and does not say in which identity_claim"),
        ({"client_secret": ""}, "lacks client_secret"),
        ({"key_file": "/k"}, "has a key_file, which is for private_key_jwt"),
        (
            {**BY_KEY, "client_secret": "hush"},
            "has a client_secret, which is not for private_key_jwt; region lacks key_file",
        ),
        (
            {**BY_KEY, "key_algorithm": "HS256", "key_file": "/k"},
            "has a key_algorithm that is made with no private key",
        ),
        (BY_KEY, "lacks key_file"),
        ({**BY_KEY, "key_file": os.devnull + "/none"}, "has a key_file that cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_named(change, said):
    described = {**PLAIN, **change}

    assert fault(described) == f"{described['name']} {said}"


RSA = RSAKey.generate_key(2048, private=True)


@pytest.mark.parametrize(
    "key",
    [
        KEY.as_pem(private=False),
        json.dumps(KEY.as_dict(private=False)).encode(),
        RSA.as_pem(private=True),
        ECKey.generate_key("P-384", private=True).as_pem(private=True),
        json.dumps(OctKey.generate_key(256).as_dict(private=True)).encode(),
        b"hush",
        b"",
        b"{}",
    ],
    ids=[
        "a public key",
        "a public JSON Web Key",
        "of another family",
        "of another curve",
        "a secret",
        "text",
        "empty",
        "JSON",
    ],
)
def test_a_key_file_has_a_private_key_for_its_algorithm(tmp_path, key):
    path = tmp_path / "key"
    path.write_bytes(key)

    said = "region has a key_file without a private key for its key_algorithm"
    assert fault({**BY_KEY, "key_file": str(path)}) == said


def test_the_faults_of_all_are_told_at_once():
    other = {**PLAIN, "name": "clinics", "scope": "email"}

    assert fault({**PLAIN, "issuer": "id"}, other) == (
        "region has an issuer that is no plain address with https://; clinics has a scope without openid"
    )


PAGE = (ROOT / "docs" / "sign-in.md").read_text("utf-8")


class TestThePage:
    def test_tells_of_everything_that_can_be_said(self):
        told = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)

        assert told == [each.name for each in fields(Provider)]

    def test_has_examples_that_can_be_meant(self, tmp_path):
        path = tmp_path / "key.pem"
        path.write_bytes(RSA.as_pem(private=True))
        examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]

        found = read(*({**each, **({"key_file": str(path)} if "key_file" in each else {})} for each in examples))
        assert [each.name for each in found] == ["siths", "clinics"]
