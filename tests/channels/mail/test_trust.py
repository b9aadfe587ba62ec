"""Who vouches for the address in From, and who does not."""

from __future__ import annotations

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from channels.mail.authres import read_results
from channels.mail.parse import parse
from channels.mail.trust import Proof, aligned, organisation, vouch
from tests.channels.mail.letters_read import mail, raw

TRUSTED = ["mx.relais.example"]


def noted(*fields: str, author: str = "anna@client.co.uk") -> Proof:
    head = "".join(f"Authentication-Results: {field}\n" for field in fields)
    return vouch(parse(f"{head}From: {author}\nReceived: from x by y\n\nx".encode()), trusted=TRUSTED)


@pytest.mark.parametrize(
    "field",
    [
        "mx.relais.example; dmarc=pass header.from=client.co.uk",
        "MX.Relais.example 1; spf=fail smtp.mailfrom=x; dmarc=pass (p=NONE (sp=none)) header.from=client.co.uk",
        'mx.relais.example; dmarc/1=pass reason="all; good" header.from="client.co.uk"',
        "mx.relais.example; dmarc=pass action=none header.from=anna@client.co.uk;\n dkim=pass header.d=client.co.uk",
    ],
)
def test_a_pass_noted_by_our_receiver_vouches(field):
    proof = noted(field)
    assert proof.vouched
    assert proof.domain == "client.co.uk"


@pytest.mark.parametrize(
    "field",
    [
        "mx.relais.example; dmarc=fail header.from=client.co.uk",
        "mx.relais.example; dmarc=none header.from=client.co.uk",
        "mx.relais.example; dmarc=pass header.from=other.co.uk",
        "mx.relais.example; dmarc=pass",
        "mx.relais.example; spf=pass smtp.mailfrom=client.co.uk; dkim=pass header.d=client.co.uk",
        "mx.relais.example; spf=pass (dmarc=pass header.from=client.co.uk)",
        'mx.relais.example; spf=pass reason="x; dmarc=pass header.from=client.co.uk"',
        "mx.relais.example; dmarc=fail header.from=client.co.uk; dmarc=pass header.from=client.co.uk",
        "mx.relais.example; dmarc=pass header.from=client.co.uk header.from=mal.example",
        "mx.relais.example 2; dmarc=pass header.from=client.co.uk",
        "mx.relais.example; dmarc=pass header.from=client.co.uk (unclosed",
        "mx.relais.example.mal.example; dmarc=pass header.from=client.co.uk",
        "mal.example; dmarc=pass header.from=client.co.uk",
        "mx.relais.example; none",
        "",
    ],
)
def test_anything_else_does_not(field):
    assert not noted(field).vouched


def test_only_the_topmost_field_of_the_trusted_server_counts():
    fails = "mx.relais.example; dmarc=fail header.from=client.co.uk"
    forged = "mx.relais.example; dmarc=pass header.from=client.co.uk"
    assert not noted(fails, forged).vouched
    assert not noted("mx.relais.example; spf=pass", forged).vouched
    assert noted("elsewhere.example; dmarc=fail", forged).vouched


def test_without_trusted_servers_nobody_vouches():
    read = parse(b"Authentication-Results: mx.relais.example; dmarc=pass header.from=x.fr\nFrom: a@x.fr\n\nx")
    assert not vouch(read).vouched


@pytest.mark.parametrize("name", ["from_two_brackets", "from_two_addresses", "from_two_fields", "from_missing"])
def test_an_unclear_author_is_never_vouched_for(name):
    head = b"Authentication-Results: mx.relais.example; dmarc=pass header.from=banque.example\n"
    proof = vouch(parse(head + raw(name)), trusted=TRUSTED)
    assert not proof.vouched
    assert "From" in proof.reason


def test_a_display_name_is_not_what_is_vouched_for():
    head = b"Authentication-Results: mx.relais.example; dmarc=pass header.from=banque.example\n"
    assert not vouch(parse(head + raw("display_name_is_an_address")), trusted=TRUSTED).vouched


def test_domains_align_by_organisation_not_by_public_suffix():
    assert aligned("mail.client.co.uk", "client.co.uk", strict=False)
    assert not aligned("mail.client.co.uk", "client.co.uk", strict=True)
    assert not aligned("client.co.uk", "other.co.uk", strict=False)
    assert not aligned("a.github.io", "b.github.io", strict=False)
    assert not aligned("client.unlisted", "mal.unlisted", strict=False)
    assert organisation("a.b.client.fr") == "client.fr"
    assert organisation("a.b.client.unlisted") == "client.unlisted"


class Domain:
    """A domain with a key, a DMARC record and signed mails."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        import base64

        public = base64.b64encode(der).decode()
        self.records = {
            "s1._domainkey.client.example": [f"v=DKIM1; k=rsa; p={public}"],
            "_dmarc.client.example": ["v=DMARC1; p=none"],
        }

    def resolve(self, name: str) -> list[str]:
        return self.records.get(name, [])

    def signed(self, message: bytes, *, domain: bytes = b"client.example", **options: object) -> bytes:
        return dkim.sign(message, b"s1", domain, self.pem, include_headers=[b"from", b"subject"], **options) + message


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


MESSAGE = b"From: Anna <anna@client.example>\r\nTo: aide@relais.example\r\nSubject: x\r\n\r\nBonjour\r\n"


def checked(raw_mail: bytes, domain: Domain, **records: list[str]) -> Proof:
    table = {**domain.records, **{name.replace("__", "."): texts for name, texts in records.items()}}
    return vouch(parse(raw_mail), raw_mail, resolve=lambda name: table.get(name, []))


def test_an_aligned_signature_vouches_without_any_receiver(domain):
    proof = checked(domain.signed(MESSAGE), domain)
    assert proof.vouched
    assert proof.domain == "client.example"


def test_a_changed_mail_is_not_vouched_for(domain):
    assert not checked(domain.signed(MESSAGE).replace(b"Bonjour", b"Bonsoir"), domain).vouched


def test_a_signature_of_another_domain_does_not_vouch(domain):
    domain.records["s1._domainkey.mal.example"] = domain.records["s1._domainkey.client.example"]
    assert not checked(domain.signed(MESSAGE, domain=b"mal.example"), domain).vouched


def test_a_subdomains_signature_counts_unless_alignment_is_strict(domain):
    domain.records["s1._domainkey.m.client.example"] = domain.records["s1._domainkey.client.example"]
    signed = domain.signed(MESSAGE, domain=b"m.client.example")
    assert checked(signed, domain).vouched
    strict = {**domain.records, "_dmarc.client.example": ["v=DMARC1; p=none; adkim=s"]}
    assert not vouch(parse(signed), signed, resolve=lambda name: strict.get(name, [])).vouched


def test_a_signature_over_part_of_the_body_does_not_vouch(domain):
    assert not checked(domain.signed(MESSAGE, length=True), domain).vouched


@pytest.mark.parametrize("records", [[], ["v=DMARC1; p=none", "v=DMARC1; p=reject"], ["v=DMARC1"], ["v=spf1 -all"]])
def test_without_one_good_dmarc_record_nobody_vouches(domain, records):
    table = {**domain.records, "_dmarc.client.example": records}
    signed = domain.signed(MESSAGE)
    assert not vouch(parse(signed), signed, resolve=lambda name: table.get(name, [])).vouched


def test_a_silent_name_service_vouches_for_nothing(domain):
    def silent(name: str) -> list[str]:
        raise TimeoutError

    signed = domain.signed(MESSAGE)
    proof = vouch(parse(signed), signed, resolve=silent)
    assert not proof.vouched
    assert "name service" in proof.reason


def test_a_receivers_fail_is_final_even_when_the_signature_holds(domain):
    signed = b"Authentication-Results: mx.relais.example; dmarc=fail header.from=client.example\r\n" + domain.signed(
        MESSAGE
    )
    assert not vouch(parse(signed), signed, trusted=TRUSTED, resolve=domain.resolve).vouched


def test_an_unsigned_mail_is_not_vouched_for(domain):
    assert not vouch(mail("plain"), raw("plain"), resolve=domain.resolve).vouched


def test_results_are_read_with_their_properties():
    found = read_results("MX.example (a (b) c) 1; dkim=pass header.d=X.example header.s=s1; none-such=neutral")
    assert found is not None
    assert found.server == "mx.example"
    assert [(one.method, one.verdict) for one in found.results] == [("dkim", "pass"), ("none-such", "neutral")]
    assert found.results[0].properties == {"header.d": "x.example", "header.s": "s1"}
