"""Which of the keys that a provider shows a token is read by: only what is signed by one of them is believed."""

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey
from joserfc.jws import JWSRegistry

from auth.sso import keys
from auth.sso.clients import ALGORITHMS
from auth.sso.keys import BY_ANOTHER

SHORT, LONG = ECKey.generate_key("P-256"), ECKey.generate_key("P-384")
EDWARDS, EXCHANGED = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("X25519")
SECRET = OctKey.generate_key(256)
SIGNS = {"ES256": SHORT, "ES384": LONG, "EdDSA": EDWARDS}


def shown(key: Key, **beside: object) -> dict:
    return {**key.as_dict(private=key is SECRET), **beside}


def signed(algorithm: str, **header: str) -> str:
    registry = JWSRegistry(algorithms=list(ALGORITHMS))
    return jwt.encode({"alg": algorithm, **header}, {"sub": "anna"}, SIGNS[algorithm], registry=registry)


def read(text: str, *told: dict, anew: list[dict] | None = None) -> str:
    def say(*, force: bool = False) -> dict:
        return {"keys": anew if force else list(told)}

    token = keys.verified(text, algorithms=list(ALGORITHMS), told=say, may_ask_again=lambda: anew is not None)
    return token.claims["sub"]


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # Providers sign with it.
@pytest.mark.parametrize("name", [{}, {"kid": "one"}])
@pytest.mark.parametrize("algorithm", SIGNS)
def test_keys_that_do_not_sign_so_stand_in_nobodys_way_also_by_the_same_name(algorithm, name):
    text, right = signed(algorithm, **name), shown(SIGNS[algorithm], **name)
    others = [
        shown(each, **name) for each in (SHORT, LONG, EDWARDS, EXCHANGED, SECRET) if each is not SIGNS[algorithm]
    ]
    others += [SIGNS[algorithm].as_pem(private=False).decode(), "a secret", None]
    others += [right | {"use": "enc"}, right | {"key_ops": ["encrypt"]}]

    assert read(text, *others, right) == read(text, right, *others) == "anna"
    with pytest.raises(BY_ANOTHER):
        read(text, *others)


@pytest.mark.parametrize("before", [LONG, EDWARDS, EXCHANGED])
def test_a_new_key_of_another_kind_may_have_the_old_ones_name(before):
    assert read(signed("ES256", kid="one"), shown(before, kid="one"), anew=[shown(SHORT, kid="one")]) == "anna"


def test_no_other_key_of_the_provider_signs_in_place_of_the_named_one():
    text = signed("ES256", kid="one")

    with pytest.raises(BadSignatureError):
        read(text, shown(ECKey.generate_key("P-256"), kid="one"), shown(SHORT, kid="two"))
    with pytest.raises(InvalidKeyIdError):
        read(text, shown(SHORT, kid="two"))
