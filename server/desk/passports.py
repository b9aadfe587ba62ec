"""The passport as an agent reads it, in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm_backend.call_backs.words import window_in_words
from crm_backend.conversations.handing_over import deeds
from server.desk import words

TRIED = {
    "article": {"fr": "A montré l’article «\u00a0{title}\u00a0»", "en": "Showed the article “{title}”"},
    "order": {"fr": "A donné l’état\u00a0: {title}", "en": "Gave the status: {title}"},
    "product": {
        "fr": "A montré le produit «\u00a0{title}\u00a0»",
        "en": "Showed the product “{title}”",
    },
    "verification_failed": {
        "fr": "Vérification d’identité manquée {count}\u00a0fois",
        "en": "Identity check failed {count} times",
    },
    "verified_by_code_to_email": {
        "fr": "Identité vérifiée par un code envoyé par e-mail",
        "en": "Identity verified by a code sent by e-mail",
    },
    "verified_by_code_to_phone": {
        "fr": "Identité vérifiée par un code envoyé à son numéro",
        "en": "Identity verified by a code sent to their number",
    },
    "unclear": {"fr": "N’a pas compris {count}\u00a0messages", "en": "Did not understand {count} messages"},
    "note": {"fr": "{name}\u00a0: {text}", "en": "{name}: {text}"},
}
PROMISED = {
    "mail": {"fr": "Une réponse par e-mail, à {to}", "en": "An answer by e-mail, to {to}"},
    "case": {"fr": "Dossier {number}\u00a0: une réponse avant le {by}", "en": "Case {number}: an answer before {by}"},
    "case_open": {"fr": "Dossier {number}\u00a0: une réponse", "en": "Case {number}: an answer"},
    "call_back": {"fr": "Un appel, {when} ({reference})", "en": "A call, {when} ({reference})"},
    "appointment": {"fr": "Un rendez-vous, {when} ({reference})", "en": "An appointment, {when} ({reference})"},
}


def passport_out(
    passport: Mapping[str, Any] | None,
    language: str,
    *,
    called: str | None = None,
    answer_to: str | None = None,
    owed: Sequence[Mapping[str, Any]] = (),
    zone: ZoneInfo | None = None,
) -> dict[str, Any] | None:
    """The passport in the agent's language. `called` is what somebody whom nobody knows calls themselves, `answer_to`
    the address at which an answer was promised and is still owed, `owed` what else was (`cases.promising.owed`), told
    by the clock of `zone`."""
    if not passport:
        return None
    facts = [_fact(fact, language) for fact in passport["facts"] if fact["name"] in words.FACT]
    if called and not any(fact["name"] == "name" for fact in facts):
        label = words.FACT["name"][language]
        facts.insert(0, {"name": "name", "label": label, "value": called, "seq": None})
    promised = [*passport.get("promised", []), *(_owed(each, language, zone or ZoneInfo("UTC")) for each in owed)]
    if answer_to:
        promised.append(PROMISED["mail"][language].format(to=answer_to))
    wanted = passport["goal"]
    return {
        **{name: passport.get(name) for name in ("proof", "orders", "mood", "language", "reason", "at")},
        "goal": words.goal(dict(passport), language),
        "goal_seq": wanted.get("seq"),
        "goal_corrected": bool(wanted.get("corrected")),
        "tried": [_step(step, language) for step in passport["tried"]],
        "facts": facts,
        "cases": [each["number"] for each in owed if each["code"] == "case"],
        "promised": promised,
        **_before(passport.get("before"), language, zone or ZoneInfo("UTC")),
    }


def _before(noted: Mapping[str, Any] | None, language: str, zone: ZoneInfo) -> dict[str, Any]:
    """What was noted when they were last spoken to, by when and why (crm_backend/wrap_up/before.py)."""
    if not noted:
        return {}
    at = words.day(datetime.fromisoformat(noted["at"]), language, zone)
    reason = (noted.get("reason") or {}).get(language)
    lead = f"{at} · {reason}" if reason else at
    return {"before": [line for line in (lead, *str(noted["summary"]).split("\n")) if line]}


def _fact(fact: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "name": fact["name"],
        "label": words.FACT[fact["name"]][language],
        "value": fact["value"],
        "seq": fact["seq"],
        **({"corrected": True, "was": fact.get("was")} if fact.get("corrected") else {}),
    }


def _step(step: Mapping[str, Any], language: str) -> str:
    if step["code"] == "done":
        done = deeds.in_words([deeds.Deed(step["deed"], step["number"])], language)
        return f"{step['name']} {done}"
    return TRIED[step["code"]][language].format(**{name: value for name, value in step.items() if name != "code"})


def _owed(each: Mapping[str, Any], language: str, zone: ZoneInfo) -> str:
    by: datetime | None = each["by"]
    if each["code"] == "case":
        if by is None:
            return PROMISED["case_open"][language].format(number=each["number"])
        return PROMISED["case"][language].format(number=each["number"], by=words.moment(by, language, zone))
    assert by is not None
    when = window_in_words(by, each["until"], zone, language)
    return PROMISED[each["code"]][language].format(when=when, reference=each["reference"])
