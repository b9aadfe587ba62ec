"""More to say for a case that is open: taken down in the customer's words, with the files they sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.case_status import known
from actions.tasks.asking import Option, Words
from actions.tasks.buttons import yes_no
from actions.tasks.casework import ASSISTANT
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from crm_backend.cases import theirs
from crm_backend.texts import shorten

TELLS_IT: Final = 80
"""Characters of a first message that already says what there is to add."""
NAMED: Final[Words] = {"fr": "{kind} {number}", "en": "{kind} {number}"}
THE_CASE: Final[Words] = {"fr": "le dossier", "en": "the case"}
THE_TEXT: Final[Words] = {"fr": "le texte", "en": "the text"}
FILES: Final[dict[str, tuple[str, str]]] = {
    "fr": (", avec le fichier que vous avez envoyé", ", avec les {count} fichiers que vous avez envoyés"),
    "en": (", with the file you sent", ", with the {count} files you sent"),
}
_AFTER_THE_COLON: Final = re.compile(r"[:\n][^\S\n]*(?P<rest>\S.{14,})", re.DOTALL)

_THAT: Final = re.compile(
    r"\b(?:ajoute[rz]?|pr[ée]cise[rz]?|note[rz]?|dites|dire|signale[rz]?|add|note|tell|mention|say)\b[^:\n]{0,30}?"
    r"\b(?:que |qu['’]|that )"
    r"(?P<rest>\S.{7,})",
    re.IGNORECASE | re.DOTALL,
)


class AddToCase(Topic):
    name = "add_to_case"
    title: ClassVar[Words] = {"fr": "un complément à votre dossier", "en": "more for your case"}

    async def plan(self, talk: Talk) -> None:
        self._remember(talk)
        found = [each for each in await known(talk) if each[0].stage != "closed"]
        if not found:
            talk.say("utter_add_to_case_none", buttons=yes_no(talk.language))
            talk.propose("complaint")
            return
        numbers = {case.number: kind for case, kind in found[:6]}
        if len(numbers) == 1:
            number = next(iter(numbers))
        else:
            options = [
                Option(number, {each: NAMED[each].format(kind=kind.names[each], number=number) for each in NAMED})
                for number, kind in numbers.items()
            ]
            number = talk.choose("case", "utter_add_to_case_which", options)
        case = next(case for case, _ in found if case.number == number)
        text = talk.text("text", "utter_add_to_case_text", number=number)
        count = await theirs.files_sent(talk.session, conversation_id=talk.turn.conversation, now=tools().now())
        talk.confirm(
            "utter_add_to_case_confirm",
            agreed={"case": str(case.id), "number": number, "text": text},
            changes={"case": THE_CASE, "text": THE_TEXT},
            number=number,
            words=shorten(text, 200),
            files=FILES[talk.language][count > 1].format(count=count) if count else "",
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        await theirs.add(
            session,
            UUID(agreed["case"]),
            conversation_id=talk.turn.conversation,
            actor=ASSISTANT,
            text=agreed["text"],
            key=talk.key,
            now=tools().now(),
        )
        talk.say("utter_add_to_case_done", number=agreed["number"])

    def _remember(self, talk: Talk) -> None:
        """Takes what the first message already says."""
        text = talk.turn.text.strip()
        begins = talk.heard and talk.task.asked is None and talk.turn.intent == self.name
        if not begins or "text" in talk.facts or text.startswith("/"):
            return
        if (rest := _AFTER_THE_COLON.search(text) or _THAT.search(text)) is not None:
            talk.facts["text"] = rest["rest"].strip()[:2000]
        elif len(text) >= TELLS_IT:
            talk.facts["text"] = text[:2000]
