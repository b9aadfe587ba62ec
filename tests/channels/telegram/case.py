"""Telegram and whoever writes there, for the contract that every channel keeps."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.channels.contract import BUSY, Arrived, Call, Failure, Quiet, Stage
from tests.channels.telegram.bot_api import BotApi, Refused, Said
from tests.channels.telegram.updates import MARIE, SECOND_TOKEN, TOKEN, payload, text

TOKENS = {"main": TOKEN, "second": SECOND_TOKEN}
SECRETS = {"main": "webhook-secret-of-main", "second": "webhook-secret-of-second"}
HEADER = "X-Telegram-Bot-Api-Secret-Token"
_FAILURES: dict[Failure, Refused | str] = {
    "busy": Refused(429, f"Too Many Requests: retry after {BUSY}", retry_after=BUSY),
    "down": Refused(502, "Bad Gateway"),
    "cut": "cut",
    "refused": Refused(400, "Bad Request: TEXT_INVALID"),
    "blocked": Refused(403, "Forbidden: bot was blocked by the user"),
    "credentials": Refused(401, "Unauthorized"),
}


class TelegramCase(Quiet):
    """A Bot API server on loopback with two bots."""

    name = "telegram"
    pictures = True
    failures = frozenset(_FAILURES)
    ordered = True

    async def start(self) -> None:
        self.api = BotApi(local=True)
        for account, token in TOKENS.items():
            self.api.bot(token, f"maison_{account}_bot")
        await self.api.start()

    async def stop(self) -> None:
        await self.api.stop()

    def settings(self, account: str) -> dict[str, Any]:
        return {
            "token": TOKENS[account],
            "mode": "webhook",
            "webhook_secret": SECRETS[account],
            "api_url": self.api.address,
        }

    async def ready(self, stage: Stage) -> None:
        self.stage = stage

    def call(self, update: Any, *, account: str = "main", secret: str | None = None) -> Call:
        """A request of Telegram's."""
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        headers = {"Content-Type": "application/json", HEADER: SECRETS[account] if secret is None else secret}
        return Call(f"/hooks/telegram/{account}", body, headers)

    async def heard(self, words: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        return self.call(text(words, number=number, sender=_user(sender)), account=account)

    async def forged(self) -> list[Call]:
        genuine = await self.heard("bonjour")
        bare = {"Content-Type": "application/json"}
        return [
            Call(genuine.path, genuine.body, bare),
            self.call(genuine.body, secret=""),
            self.call(genuine.body, secret="webhook-secret-of-mai"),
            self.call(genuine.body, secret=SECRETS["main"].upper()),
            self.call(genuine.body, secret="wébhook-secret-of-main"),
            Call(f"{genuine.path}?secret={SECRETS['main']}", genuine.body, bare | {"Authorization": SECRETS["main"]}),
        ]

    async def unknown(self) -> list[Call]:
        kinds = (
            "unknown_kind",
            "unknown_content",
            "inline_query",
            "channel_post",
            "message_pinned",
            "message_from_bot",
        )
        kinds += ("group_unaddressed", "group_new_members", "business_connection", "message_reaction")
        return [self.call(payload(kind)) for kind in kinds]

    async def broken(self) -> list[Call]:
        message = payload("message_text")["message"]
        return [
            self.call(b""),
            self.call(b"bonjour"),
            self.call(b"\xff\xfe\x00"),
            self.call(b"[" * 100_000),
            self.call([]),
            self.call(None),
            self.call({}),
            self.call({"update_id": "1", "message": message}),
            self.call({"update_id": True, "message": message}),
            self.call({"update_id": 1, "message": "bonjour"}),
            self.call({"update_id": 1, "message": {**message, "date": 10**15}}),
            self.call({"update_id": 1, "message": {**message, "chat": {"id": "x"}}}),
            self.call({"update_id": 1, "message": {**message, "text": {"a": 1}}}),
            self.call({"update_id": 1, "message": {**message, "text": "\u200b\u202e"}}),
            self.call({"update_id": 1, "message": {**message, "from": None}}),
            self.call({"update_id": 1, "callback_query": {"id": 1}}),
        ]

    async def address(self, sender: str = "marie") -> str:
        return str(_user(sender))

    def fail(self, how: Failure, *, after: int = 0) -> None:
        self.api.failing, self.api.skip = [_FAILURES[how]], after

    async def arrived(self) -> list[Arrived]:
        return [_shown(call) for call in self.api.sent() if call.parameters["chat_id"] == MARIE]


def _user(sender: str) -> int:
    if sender == "marie":
        return MARIE
    return 500_000_000 + int.from_bytes(hashlib.sha256(sender.encode()).digest()[:4], "big") % 400_000_000


def _shown(call: Said) -> Arrived:
    rows = (call.parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    shared = ("title", "address", "latitude", "longitude", "first_name", "phone_number", "vcard")
    pieces = [str(call.parameters[name]) for name in ("text", "caption", *shared) if call.parameters.get(name)]
    pieces += [button["url"] for row in rows for button in row if "url" in button]
    return Arrived(
        to=str(call.parameters["chat_id"]),
        text="\n".join(pieces),
        buttons=tuple(button["text"] for row in rows for button in row if "callback_data" in button),
        files=tuple(media_type for _, media_type, _ in call.files.values()),
        platform_id=f"{_account(call)}:{call.parameters['chat_id']}:{call.message_id}",
    )


def _account(call: Said) -> str:
    return next(account for account, token in TOKENS.items() if token == call.token)


CASE = TelegramCase
