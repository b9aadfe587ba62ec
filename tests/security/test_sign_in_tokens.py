"""What a page says of who is signed in: only what the site signed for us, in the one way that is set, is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from channels.webchat.settings import WebChatSettings
from channels.webchat.sign_in import LEEWAY, Person, SignIn
from crm_backend.errors import BadInput, BadToken, TokenExpired

SECRET = "a secret that the site and the chat share"
SITE = "https://help.example.com"
NOW = 1_800_000_000
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def pem(key: Any) -> str:
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


def claims(**more: Any) -> dict[str, Any]:
    found = {"sub": "C-42", "iat": NOW, "exp": NOW + 3600, **more}
    return {name: value for name, value in found.items() if value is not None}


def signed(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm=algorithm, headers=headers)


def by_hand(header: dict[str, Any], payload: bytes, sign: Any) -> str:
    """A token that no library would make."""
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (json.dumps(header).encode(), payload)]
    return b".".join([*parts, base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")]).decode()


def checker(now: float = NOW, **values: Any) -> SignIn:
    values = {"sign_in": "jwt", "sign_in_secret": SecretStr(SECRET)} | values
    return SignIn(WebChatSettings(**values), address=SITE, now=lambda: now)


def with_key(key: Any, **more: Any) -> SignIn:
    return checker(sign_in_secret=None, sign_in_public_key=pem(key), **more)


def test_a_good_token_says_who_it_is() -> None:
    told = signed(email="Marie@Example.com", name=" Marie\u202e Dupont ", locale="fr-FR", aud=SITE)
    word = {"made": float(NOW), "word": told.rpartition(".")[0]}
    ends = NOW + 3600 + LEEWAY
    assert checker().person(told) == Person("C-42", "marie@example.com", "Marie Dupont", "fr", ends, **word)
    assert checker().person(signed(jti="one")).word == "one"


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (CURVE, "ES256")])
def test_a_public_key_checks_what_its_private_key_signed(key: Any, algorithm: str) -> None:
    assert with_key(key).person(signed(key, algorithm)).number == "C-42"
    one_line = pem(key).replace("\n", "\\n")
    assert checker(sign_in_secret=None, sign_in_public_key=one_line).person(signed(key, algorithm)).number == "C-42"
    other = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if key is RSA
        else ec.generate_private_key(ec.SECP256R1())
    )
    with pytest.raises(BadToken):
        with_key(key).person(signed(other, algorithm))


def test_no_other_algorithm_than_that_of_the_key_is_taken() -> None:
    def by_public_key(text: bytes) -> bytes:
        return hmac.digest(pem(RSA).encode(), text, "sha256")

    payload = json.dumps(claims()).encode()
    unsigned = [by_hand({"alg": name, "typ": "JWT"}, payload, lambda _: b"") for name in ("none", "None", "NONE", "")]
    confused = [by_hand({"alg": name, "typ": "JWT"}, payload, by_public_key) for name in ("HS256", "RS256")]
    long = SECRET * 2
    others = [signed(long, "HS384"), signed(long, "HS512"), signed(RSA, "PS256"), signed(RSA, "RS512")]
    for token in [*unsigned, *confused, *others, signed()]:
        with pytest.raises(BadToken):
            with_key(RSA).person(token)
    for token in [*unsigned, *others, signed(RSA, "RS256"), signed(CURVE, "ES256")]:
        with pytest.raises(BadToken):
            checker().person(token)


def test_a_key_in_the_token_itself_is_no_key() -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    for header in ({"jwk": jwk}, {"kid": "../../dev/null"}, {"jku": "http://evil.example/keys"}, {"x5u": "file:///"}):
        with pytest.raises(BadToken):
            with_key(RSA).person(signed(own, "RS256", headers=header))
    for header in ({"crit": ["exp"]}, {"crit": ["b64"], "b64": False}):
        with pytest.raises(BadToken):
            checker().person(by_hand({"alg": "HS256", **header}, json.dumps(claims()).encode(), lambda _: b"x"))


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"exp": NOW - LEEWAY - 1}, TokenExpired),
        ({"exp": None}, BadToken),
        ({"iat": None}, BadToken),
        ({"sub": None}, BadToken),
        ({"iat": NOW - 13 * 3600}, TokenExpired),
        ({"iat": NOW + LEEWAY + 1, "exp": NOW + 3600}, BadToken),
        ({"nbf": NOW + LEEWAY + 1}, BadToken),
        ({"aud": "https://elsewhere.example"}, BadToken),
        ({"aud": {"a": 1}}, BadToken),
        ({"exp": True}, BadToken),
        ({"exp": "1800003600"}, BadToken),
        ({"exp": -1}, BadToken),
        ({"exp": 10**400}, BadToken),
        ({"iat": float("-inf")}, BadToken),
        ({"sub": ""}, BadToken),
        ({"sub": "x" * 201}, BadToken),
        ({"sub": "C-42\x00"}, BadToken),
        ({"sub": " C-42"}, BadToken),
        ({"sub": "\u202eC-42"}, BadToken),
        ({"sub": "\ud800"}, BadToken),
    ],
)
def test_a_token_that_does_not_hold_is_refused(more: dict[str, Any], error: type[BadToken]) -> None:
    token = by_hand({"alg": "HS256"}, json.dumps(claims(**more)).encode(), _hs256)
    with pytest.raises(BadToken) as refused:
        checker().person(token)
    assert type(refused.value) is error
    assert "C-42" not in str(refused.value)


@pytest.mark.parametrize("sub", [42, ["C-42"], {"a": "b"}, True])
def test_only_text_is_a_number_of_a_customer(sub: Any) -> None:
    with pytest.raises(BadToken):
        checker().person(by_hand({"alg": "HS256"}, json.dumps(claims(sub=sub)).encode(), _hs256))


@pytest.mark.parametrize("edge", [{"exp": NOW - LEEWAY + 1}, {"nbf": NOW + LEEWAY}, {"iat": NOW + LEEWAY}])
def test_clocks_may_differ_by_a_minute(edge: dict[str, Any]) -> None:
    assert checker().person(signed(**edge)).number == "C-42"


def test_an_audience_that_is_set_must_be_named() -> None:
    chat = checker(sign_in_audience="relais")
    assert chat.person(signed(aud=["shop", "relais"])).number == "C-42"
    for aud in (None, SITE, "relais2", ["shop"]):
        with pytest.raises(BadToken):
            chat.person(signed(aud=aud))


def test_an_address_that_the_site_has_not_checked_vouches_for_nothing() -> None:
    chat = checker()
    assert chat.person(signed(email="a@b.example", email_verified=True)).email == "a@b.example"
    for more in ({"email_verified": False}, {"email_verified": 0}, {"email_verified": "false"}):
        assert chat.person(signed(email="a@b.example", **more)).email is None
    for odd in ("a@b", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "x" * 250 + "@b.example", 7, None):
        assert chat.person(signed(email=odd)).email is None


def number_signed(number: str, secret: str = SECRET) -> str:
    return f"{hmac.new(secret.encode(), number.encode(), hashlib.sha256).hexdigest()}:{quote(number, safe='')}"


@given(st.text(min_size=1, max_size=60))
def test_a_number_with_its_hmac_is_that_number_or_nobody(number: str) -> None:
    chat = checker(sign_in="hmac")
    try:
        found = number_signed(number)
    except UnicodeEncodeError:
        return
    try:
        assert chat.person(found) == Person(number)
    except BadToken:
        assert not number.isprintable() or number != " ".join(number.split()) or not number.isalnum()


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_other_hmac_is_taken(given_hash: str, number: str) -> None:
    with pytest.raises(BadToken):
        checker(sign_in="hmac").person(f"{given_hash}:{quote(number, safe='', errors='replace')}")


def test_one_way_of_signing_in_is_not_taken_for_the_other() -> None:
    token = signed()
    head, _, signature = token.rpartition(".")
    # The site signs any number that its customers choose: `head` would be one.
    made = base64.urlsafe_b64encode(bytes.fromhex(number_signed(head).split(":")[0])).rstrip(b"=").decode()
    assert made == signature, "both are HMAC-SHA256 under one secret"
    with pytest.raises(BadToken):
        checker(sign_in="hmac").person(token)
    with pytest.raises(BadToken):
        checker().person(number_signed("C-42"))


@settings(max_examples=300)
@given(st.data())
def test_a_token_changed_anywhere_is_refused(data: st.DataObject) -> None:
    token = signed(email="marie@example.com")
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = token[:at] + letter + token[at + 1 :]
    try:
        assert checker().person(changed) == checker().person(token), "the same bits, written otherwise"
    except BadToken:
        return


@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b).decode())))
def test_whatever_is_sent_is_refused_and_nothing_breaks(user: str) -> None:
    for chat in (checker(), checker(sign_in="hmac"), with_key(CURVE)):
        with pytest.raises(BadToken):
            chat.person(user)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["sub", "exp", "iat", "nbf", "aud", "email", "email_verified", "name", "locale", "jti", "iss"])


@given(st.dictionaries(names, json_values, max_size=8))
def test_any_claims_are_read_or_refused(odd: dict[str, Any]) -> None:
    token = by_hand({"alg": "HS256"}, json.dumps({**claims(), **odd}).encode(), _hs256)
    try:
        person = checker().person(token)
    except BadToken:
        return
    assert 0 < len(person.number) <= 200 and person.until is not None
    assert person.until <= NOW + 12 * 3600 + 3 * LEEWAY


@pytest.mark.parametrize(
    "odd",
    [
        {"sign_in_secret": None},
        {"sign_in_secret": SecretStr("short")},
        {"sign_in": "hmac", "sign_in_secret": None, "sign_in_public_key": pem(RSA)},
        {"sign_in_secret": SecretStr(pem(RSA))},
        {"sign_in_public_key": pem(RSA)},
        {"sign_in_secret": None, "sign_in_public_key": "no key"},
        {"sign_in_secret": None, "sign_in_public_key": pem(rsa.generate_private_key(65537, 1024))},
        {"sign_in_secret": None, "sign_in_public_key": pem(ec.generate_private_key(ec.SECP384R1()))},
        {"sign_in_secret": None, "sign_in_public_key": pem(ed25519.Ed25519PrivateKey.generate())},
    ],
)
def test_settings_that_would_not_be_safe_are_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        checker(**odd)


def _hs256(text: bytes) -> bytes:
    return hmac.digest(SECRET.encode(), text, "sha256")
