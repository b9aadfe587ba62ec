"""How customers are asked how it was, channel by channel."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from crm_backend.satisfaction import settings
from server.api import Call, In, Noun, Out, VersionedOut

noun = Noun("satisfaction", fr="Satisfaction", en="Satisfaction")
SETS = settings.MAY
ChannelKey = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["whatsapp"])]
Words = Annotated[str, StringConstraints(min_length=1, max_length=settings.LONGEST_WORDS)]


class QuestionIn(In):
    fr: Words = Field(examples=["Avons-nous bien répondu\u00a0?"])
    en: Words = Field(examples=["Did we answer well?"])


class SatisfactionSettingOut(VersionedOut):
    channel: str = Field(description="`*` is every channel without a setting of its own.", examples=["whatsapp"])
    enabled: bool
    delay_minutes: int = Field(description="How long after the closing.", examples=[30])
    rest_days: int = Field(description="Nobody is asked twice within as many days.", examples=[14])
    words: dict[str, str] = Field(description="The question by language; our own when empty.")


class SatisfactionSettingIn(In):
    enabled: bool = True
    delay_minutes: int = Field(0, ge=0, le=settings.LONGEST_DELAY)
    rest_days: int = Field(0, ge=0, le=settings.LONGEST_REST)
    words: QuestionIn | None = None


class SatisfactionSettingsOut(Out):
    items: list[SatisfactionSettingOut]
    by_default: bool = Field(description="Whether channels without any setting ask by a message.")


@noun.get("/satisfaction-settings", needs=SETS, fr="Lister les réglages", en="List the settings")
async def list_satisfaction_settings(call: Call) -> SatisfactionSettingsOut:
    found = await settings.listing(call.session, actor=call.actor)
    items = [SatisfactionSettingOut.model_validate(row) for row in found]
    return SatisfactionSettingsOut(items=items, by_default=call.means.settings.ask_rating)


@noun.put(
    "/satisfaction-settings/{channel}", needs=SETS, fr="Définir les réglages d’un canal", en="Set up a channel",
    more={
        "fr": "`*` vaut pour les canaux sans réglage propre. Un nouveau réglage se donne avec `*` dans `If-Match`.",
        "en": "`*` is every channel without its own. A new setting is given with `*` in `If-Match`.",
    },
)  # fmt: skip
async def set_satisfaction_setting(
    call: Call, channel: ChannelKey, body: SatisfactionSettingIn
) -> SatisfactionSettingOut:
    given: dict[str, Any] = body.model_dump()
    given["words"] = given["words"] or {}
    row = await settings.put(call.session, channel, actor=call.actor, given=given, version=call.version)
    return SatisfactionSettingOut.model_validate(row)


@noun.delete(
    "/satisfaction-settings/{channel}", needs=SETS, fr="Supprimer les réglages d’un canal", en="Delete a channel’s",
    versioned=True,
)  # fmt: skip
async def remove_satisfaction_setting(call: Call, channel: ChannelKey) -> None:
    await settings.remove(call.session, channel, actor=call.actor, version=call.version)
