"""Whether anyone vouches for the address a mail claims to be from.

Either the receiving server that we trust noted a DMARC pass for that very domain, or we check a signature ourselves.
Everything else — a name, a look, a reply that fits — proves nothing.
"""

from __future__ import annotations

import importlib.resources
import logging
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from channels.mail.addresses import Address
from channels.mail.authres import read_results
from channels.mail.parse import Mail

Resolve = Callable[[str], Sequence[str]]
"""The texts of a name's TXT records, each already put together; empty when there are none.

Raises OSError (as TimeoutError is) when nobody answers: then the mail is not vouched for, now.
"""

MAX_SIGNATURES = 5
_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]{0,20})\s*=([^;]*)")
_QUIET = logging.getLogger("channels.mail.dkim")
_QUIET.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Proof:
    """`reason` is for logs and for the agent's details: a few English words, no personal data."""

    vouched: bool
    reason: str
    domain: str = ""


def vouch(
    mail: Mail,
    raw: bytes | None = None,
    *,
    trusted: Collection[str] = (),
    resolve: Resolve | None = None,
) -> Proof:
    """Whether the domain in From stands for this mail.

    `trusted` are the authserv-ids of our own receiving servers. Without their word on DMARC, and given the raw mail
    and `resolve`, its DKIM signatures are checked here (RFC 6376, RFC 7489; SPF cannot be: the connection is gone).
    A receiver's "fail" is final.
    """
    author = mail.from_
    if author is None or len(mail.authors) != 1 or len(mail.headers.all("from")) != 1:
        return Proof(vouched=False, reason=_whose(mail))
    if not re.fullmatch(r"[a-z0-9._\-]+\.[a-z0-9\-]+", author.domain):
        return Proof(vouched=False, reason="the domain in From is not a plain host name")
    noted = _noted(mail, author, {name.lower() for name in trusted})
    if noted is not None:
        return noted
    if raw is None or resolve is None:
        return Proof(vouched=False, reason="no trusted server noted a DMARC result")
    return _checked(raw, author.domain, resolve)


def _whose(mail: Mail) -> str:
    fields = len(mail.headers.all("from"))
    if not fields:
        return "no From field"
    if fields > 1:
        return "several From fields"
    return "several addresses in From" if len(mail.authors) > 1 else "no address in From"


def _noted(mail: Mail, author: Address, trusted: set[str]) -> Proof | None:
    """What our receiver noted, None when it noted nothing about DMARC.

    Only its topmost field counts: the sender can have written such fields too, but only below. A receiver takes fields
    that bear its own name out of what comes in (RFC 8601, section 5); one that does not must not be trusted here.
    """
    for value in mail.headers.all("authentication-results"):
        results = read_results(value)
        if results is None or results.server not in trusted:
            continue
        verdicts = [one for one in results.results if one.method == "dmarc"]
        for one in verdicts:
            if one.verdict != "pass":
                return Proof(vouched=False, reason=f"the receiving server noted dmarc={_word(one.verdict)}")
            claimed = one.properties.get("header.from", "").rpartition("@")[2].rstrip(".")
            if not claimed or not aligned(author.domain, claimed, strict=False):
                return Proof(vouched=False, reason="the DMARC pass is for another domain")
        if verdicts:
            return Proof(vouched=True, reason="dmarc=pass from a trusted server", domain=author.domain)
        return None
    return None


def _word(verdict: str) -> str:
    return verdict if re.fullmatch(r"[a-z]{1,12}", verdict) else "?"


def _checked(raw: bytes, domain: str, resolve: Resolve) -> Proof:
    """A check of our own: a DMARC record, and a valid DKIM signature by that domain over the whole mail."""
    try:
        policy = _policy(domain, resolve)
        if policy is None:
            return Proof(vouched=False, reason="the domain publishes no DMARC record")
        return _signed(raw, domain, resolve, strict=policy.get("adkim", "r").lower() == "s")
    except OSError:
        return Proof(vouched=False, reason="the name service did not answer")


def _policy(domain: str, resolve: Resolve) -> dict[str, str] | None:
    """The tags of the domain's DMARC record, or its organisation's (RFC 7489, section 6.6.3)."""
    for name in dict.fromkeys((domain, organisation(domain))):
        records = [text for text in resolve(f"_dmarc.{name}") if re.match(r"v\s*=\s*DMARC1\s*(?:;|\Z)", text)]
        if len(records) == 1:
            tags = {found[1].lower(): found[2].strip() for found in map(_TAG.match, records[0].split(";")) if found}
            return tags if tags.get("p", "").lower() in ("none", "quarantine", "reject") else None
        if records:
            return None
    return None


def _signed(raw: bytes, domain: str, resolve: Resolve, *, strict: bool) -> Proof:
    import dkim

    unanswered: list[OSError] = []

    def key_record(name: Any, timeout: int = 5) -> bytes | None:
        try:
            texts = resolve((name.decode("ascii") if isinstance(name, bytes) else name).rstrip("."))
        except OSError as silence:
            unanswered.append(silence)
            raise
        return texts[0].encode("ascii", "replace") if texts else None

    reason = "no DKIM signature by the domain in From"
    for number, tags in enumerate(_signatures(raw)):
        signer = tags.get("d", "").lower().rstrip(".")
        if not signer or not aligned(domain, signer, strict=strict):
            continue
        if "l" in tags:
            reason = "the signature covers only a part of the mail"
            continue
        try:
            valid = dkim.DKIM(raw, logger=_QUIET).verify(idx=number, dnsfunc=key_record)
        except Exception:  # noqa: BLE001  the library raises more than it documents on hostile signatures
            valid = False
        if valid:
            return Proof(vouched=True, reason="valid DKIM signature, aligned under DMARC", domain=domain)
        reason = "the DKIM signature does not hold"
    if unanswered:
        raise unanswered[0]
    return Proof(vouched=False, reason=reason)


def _signatures(raw: bytes) -> list[dict[str, str]]:
    """The tags of the first DKIM signatures, in the order in which dkimpy counts them."""
    from channels.mail.mime import split_header

    headers, _ = split_header(raw)
    found = []
    for value in headers.all("dkim-signature")[:MAX_SIGNATURES]:
        tags = (_TAG.match(part) for part in value[:10_000].split(";"))
        found.append({tag[1].lower(): "".join(tag[2].split()) for tag in tags if tag})
    return found


def aligned(domain: str, other: str, *, strict: bool) -> bool:
    """Whether two domains are one under DMARC: equal, or when not strict, of the same organisation."""
    domain, other = domain.lower(), other.lower()
    return domain == other or (not strict and organisation(domain) == organisation(other) != "")


@cache
def _suffixes() -> Any:
    from publicsuffix2 import PublicSuffixList

    # authheaders brings the list that is newer than the one of publicsuffix2.
    source = importlib.resources.files("authheaders") / "public_suffix_list.txt"
    with source.open("r", encoding="utf-8") as lines:
        return PublicSuffixList(lines)


def organisation(domain: str) -> str:
    """The organisational domain (RFC 7489, section 3.2): one label more than the public suffix."""
    bare = domain.lower().rstrip(".")
    # Of a suffix it does not know, publicsuffix2 would make one organisation; the list says to take one label off.
    suffix = _suffixes().get_tld(bare, strict=True) or bare.rpartition(".")[2]
    labels = suffix.count(".") + 2
    return ".".join(bare.split(".")[-labels:])
