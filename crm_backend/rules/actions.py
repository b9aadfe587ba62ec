"""What a rule, or a policy whose clock runs out, can have done: each action checked when it is written, and carried out
through the services of cases, with the reasons of a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.canned.services import by_shortcut
from crm_backend.cases.settings_model import LEVELS
from crm_backend.errors import Invalid
from crm_backend.rules.fields import LANGUAGES
from crm_backend.steps import Kinds, identifier, one_of, step_of

MOST_ACTIONS, LONGEST_TEXT, LONGEST_WORD = 20, 2000, 100
PLACEHOLDERS = ("{first_name}", "{case}", "{order}")
"""What a text may have in it: the customer's first name, the numbers of the case and of its order."""
WHOM = ("agent", "watchers", "supervisors")
SETTABLE = ("impact", "urgency", "type_key", "category_id", "language")


def checked(given: Any, field: str = "actions", *, least: int = 1) -> list[dict[str, Any]]:
    """The actions as they are stored. Raises Invalid, with the path of what is wrong."""
    if not isinstance(given, Sequence) or isinstance(given, str) or not least <= len(given) <= MOST_ACTIONS:
        raise Invalid(field, "not_a_list_of_actions", least=least, most=MOST_ACTIONS)
    return [_checked(each, f"{field}.{n}") for n, each in enumerate(given)]


def _checked(action: Any, field: str) -> dict[str, Any]:
    found = step_of(field, action, KINDS)
    if found["do"] == "assign" and len(found) == 1:
        raise Invalid(f"{field}.team", "missing")
    if found["do"] == "reply" and len(found) != 2:
        raise Invalid(f"{field}.texts", "rule_texts_or_canned")
    if found["do"] == "set":
        found["value"] = _settable(found["field"], found["value"], f"{field}.value")
    return found


async def may_say(
    session: AsyncSession, actor: Actor, given: Sequence[Mapping[str, Any]], *, field: str = "actions"
) -> None:
    """Raises NotAllowed for an answer to customers by who may not answer them: a rule lends nobody its rights. Raises
    Invalid for an answer by a canned reply that there is not."""
    for n, action in enumerate(given):
        if action["do"] != "reply":
            continue
        actor.need("conversations.write")
        if "canned" in action and await by_shortcut(session, action["canned"]) is None:
            raise Invalid(f"{field}.{n}.canned", "rule_no_such_reply")


def word(value: Any, field: str) -> str:
    """A word of one line. Raises Invalid."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_WORD or not value.isprintable():
        raise Invalid(field, "not_a_word", most=LONGEST_WORD)
    return value.strip()


def texts(value: Any, field: str) -> dict[str, str]:
    """A text in both languages, with placeholders of `PLACEHOLDERS`. Raises Invalid."""
    if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
        raise Invalid(field, "not_both_languages")
    for language in LANGUAGES:
        text, place = value[language], f"{field}.{language}"
        if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT or "\0" in text:
            raise Invalid(place, "not_a_text", most=LONGEST_TEXT)
        if not text.isascii() and text.encode("utf-8", "ignore").decode() != text:
            raise Invalid(place, "not_a_text", most=LONGEST_TEXT)
        bare = text
        for each in PLACEHOLDERS:
            bare = bare.replace(each, "")
        if "{" in bare or "}" in bare:
            raise Invalid(place, "unknown_placeholder", known=" ".join(PLACEHOLDERS))
    return {language: value[language].strip() for language in LANGUAGES}


def _settable(field: str, value: str, path: str) -> str:
    if field in ("impact", "urgency"):
        return one_of(*LEVELS)(value, path)
    if field == "language":
        return one_of(*LANGUAGES)(value, path)
    return identifier(value, path) if field == "category_id" else value


KINDS: Kinds = {
    "assign": ({}, {"team": word, "agent_id": identifier}),
    "set": ({"field": one_of(*SETTABLE), "value": word}, {}),
    "set_status": ({"to": word}, {"reason": word, "resolution": word, "summary": word}),
    "raise_priority": ({}, {}),
    "add_tag": ({"tag": word}, {}),
    "remove_tag": ({"tag": word}, {}),
    "tag_conversation": ({"tag_id": identifier}, {}),
    "add_watcher": ({"agent_id": identifier}, {}),
    "notify": ({"whom": one_of(*WHOM), "texts": texts}, {}),
    "notify_agent": ({"agent_id": identifier, "texts": texts}, {}),
    "reply": ({}, {"texts": texts, "canned": word}),
    "escalate": ({}, {"team": word}),
    "open_case": ({"type_key": word}, {"urgency": one_of(*LEVELS), "team": word}),
    "call": ({"name": word}, {}),
}
"""What each action needs, and what it may have beside."""
