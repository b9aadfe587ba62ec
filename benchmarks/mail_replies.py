"""How often a customer's words are told apart from quotes and signatures, and how often quoted words slip through.

Run: .venv/bin/python benchmarks/mail_replies.py FILE.jsonl [--verbose]

Each line of the file is one mail: id, kind (text, html or eml), raw, fr, and either match "exact" with the reply
expected, or match "regex" with what must and what must not be found in it. Exact means equal but for the spaces at
the ends of lines and blank lines around; the signature is not counted as part of the reply, whatever the mail expects.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from channels.mail.htmltext import page_to_text  # noqa: E402
from channels.mail.parse import parse  # noqa: E402
from channels.mail.replies import told_apart  # noqa: E402

Extract = Callable[[str, str], str]

# A recogniser of its own, so that the extractor is not judged by its own rules.
_INTRODUCES = re.compile(
    r"wrote|écrit|schrieb|schreef|skrev|napisał|scritto|escribi|escrit|пише|написал|写道|작성|írta|"
    r"original message|message d.origine|mensaje original|oprindelig besked|^\W*(from|de|da|van|fra|发件人)\s?:|"
    r"forwarded message|\d{4}.\d\d?.\d\d?.*<\S+@\S+>",
    re.IGNORECASE,
)


@dataclass
class Score:
    right: int = 0
    right_french: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    failed: int = 0


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def bodies(case: dict) -> tuple[str, str]:
    if case["kind"] == "html":
        return "", case["raw"]
    if case["kind"] == "eml":
        mail = parse(case["raw"].encode("utf-8", "surrogateescape"))
        return mail.text if mail.text_is_own else "", mail.html
    return case["raw"], ""


def matches(case: dict, reply: str) -> bool:
    if case["match"] == "exact":
        return tidy(reply) == tidy(case["expect"])
    if any(re.search(one, reply) for one in case["must_not"]):
        return False
    return all(re.search(one, reply) for one in case["must"])


def kept_beyond(case: dict, reply: str) -> list[str]:
    """Lines kept that the reply expected does not hold."""
    if case["match"] != "exact":
        return [one for one in case["must_not"] if re.search(one, reply)]
    expected = " ".join(case["expect"].split())
    return [line for line in map(str.strip, reply.split("\n")) if line and " ".join(line.split()) not in expected]


def takes_quoted(case: dict, beyond: list[str], text: str) -> bool:
    """Whether a line kept too many stands behind `>` in the mail, or below an introduction that no `>` follows."""
    if case["match"] != "exact":
        return any(one not in ("--\\nrick", "Sent from my BlackBerry", "riak-users") for one in beyond)
    introduced, marked_since = False, False
    for raw in text.split("\n"):
        line = raw.strip()
        bare = line.lstrip("> \t")
        marked_since = marked_since or (introduced and line.startswith(">") and not _INTRODUCES.search(line))
        if (
            bare
            and any(bare in one or one in bare for one in beyond)
            and (line.startswith(">") or (introduced and not marked_since))
        ):
            return True
        if _INTRODUCES.search(line) and not line.startswith(">"):
            introduced, marked_since = True, False
    return False


def score(cases: list[dict], extract: Extract) -> Score:
    result = Score()
    for case in cases:
        text, html = bodies(case)
        try:
            reply = extract(text, html)
        except Exception:  # noqa: BLE001  the baselines may raise anything
            reply = ""
            result.failed += 1
        right = matches(case, reply)
        result.right += right
        result.right_french += right and case.get("fr", False)
        result.by_source[case["id"].split("/")[0]] += right
        if not right:
            result.wrong.append(case["id"])
        beyond = kept_beyond(case, reply)
        if beyond:
            result.too_long.append(case["id"])
        if takes_quoted(case, beyond, text or page_to_text(html)):
            result.quoted.append(case["id"])
    return result


def ours(text: str, html: str) -> str:
    return told_apart(text, html).text


def by_unquotemail(text: str, html: str) -> str:
    from unquotemail import Unquote

    return Unquote(html or None, text or None).get_text()


def by_mail_parser_reply(text: str, html: str) -> str:
    from mailparser_reply import EmailReplyParser

    languages = ["en", "fr", "de", "it", "nl", "pl", "es", "da", "sv", "nb"]
    return EmailReplyParser(languages=languages).parse_reply(text or page_to_text(html)) or ""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--verbose", action="store_true")
    given = arguments.parse_args()
    cases = [json.loads(line) for line in given.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    french = sum(bool(case.get("fr")) for case in cases)
    sources = Counter(case["id"].split("/")[0] for case in cases)
    extractors = {"relais": ours, "unquotemail": by_unquotemail, "mail-parser-reply": by_mail_parser_reply}
    for name, extract in extractors.items():
        result = score(cases, extract)
        print(f"{name}: {result.right}/{len(cases)} match, French {result.right_french}/{french}")
        print("  " + ", ".join(f"{source} {result.by_source[source]}/{total}" for source, total in sources.items()))
        print(f"  quoted words taken for the customer's: {len(result.quoted)} mails")
        print(f"  lines kept too many of any kind: {len(result.too_long)} mails; raised: {result.failed}")
        if given.verbose and name == "relais":
            print("  wrong:", *result.wrong, sep="\n    ")
            print("  kept too many:", *result.too_long, sep="\n    ")
            print("  quoted:", *result.quoted, sep="\n    ")


if __name__ == "__main__":
    main()
