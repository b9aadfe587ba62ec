"""A Bot API server on loopback that behaves as https://core.telegram.org/bots/api documents, errors included."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.channels.telegram.updates import SHARING
from tests.support.assistant import free_port

SENDING = ("sendMessage", "sendPhoto", "sendDocument", "sendVoice", "sendAudio", "sendVideo", *SHARING)


@dataclass
class Bot:
    """One bot as the server knows it."""

    id: int
    username: str
    webhook: dict[str, Any] | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    asking: int = 0
    last_error: tuple[float, str] | None = None
    messages: int = 1000


@dataclass
class Said:
    """A call of a method: its parameters, and the files that came with it as (name, media type, bytes)."""

    method: str
    parameters: dict[str, Any]
    files: dict[str, tuple[str, str, bytes]]
    token: str
    message_id: int | None = None


class Refused(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class BotApi:
    """The server. Tests read `calls`, put updates into line with `push`, and say what goes wrong.

    With `local` it takes webhooks without https, as a Bot API server run by oneself does.
    """

    def __init__(self, *, local: bool = False) -> None:
        self.local = local
        self.bots: dict[str, Bot] = {}
        self.calls: list[Said] = []
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}
        self.unknown_chats: set[int] = set()
        self.stored: dict[str, bytes] = {}
        self.failing: list[Refused | str] = []
        self.skip = 0
        self.refused_photos = False
        self._news = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = free_port()
        self._update_id = 900_000
        self.methods: dict[str, int] = defaultdict(int)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", r"/bot{token:[^/]+}/{method}", self._called)
        app.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def bot(self, token: str, username: str = "maison_tilleul_bot") -> Bot:
        """Makes a bot."""
        self.bots[token] = Bot(int(token.split(":", maxsplit=1)[0]), username)
        return self.bots[token]

    def push(self, token: str, update: dict[str, Any]) -> int:
        """An update to be asked for; its number."""
        self._update_id += 1
        self.bots[token].waiting.append({**update, "update_id": self._update_id})
        self._news.set()
        return self._update_id

    def sent(self, *methods: str) -> list[Said]:
        """The calls of these methods (default: all that send messages) that were answered well."""
        return [call for call in self.calls if call.method in (methods or SENDING)]

    async def until(self, method: str, count: int = 1) -> list[Said]:
        """Waits for calls of a method that were answered well."""
        async with asyncio.timeout(10):
            while len(found := self.sent(method)) < count:
                await asyncio.sleep(0.01)
        return found

    async def _called(self, request: web.Request) -> web.Response:
        token, method = request.match_info["token"], request.match_info["method"]
        self.methods[method] += 1
        parameters, files = await _parameters(request)
        try:
            if ":" not in token:
                raise Refused(404, "Not Found")
            if token not in self.bots:
                raise Refused(401, "Unauthorized")
            handler = getattr(self, f"_do_{_snake(method)}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            said = Said(method, parameters, files, token)
            if method.startswith("send") and method != "sendChatAction":
                await self._maybe_fail(request)
            result = await handler(said)
        except Refused as error:
            more = {"parameters": error.parameters} if error.parameters else {}
            body = {"ok": False, "error_code": error.code, "description": error.description, **more}
            return web.json_response(body, status=error.code)
        self.calls.append(said)
        return web.json_response({"ok": True, "result": result})

    async def _maybe_fail(self, request: web.Request) -> None:
        if not self.failing:
            return
        if self.skip:
            self.skip -= 1
            return
        failure = self.failing.pop(0)
        if isinstance(failure, Refused):
            raise failure
        assert request.transport is not None
        request.transport.abort()
        raise Refused(500, "nobody hears this")

    async def _file(self, request: web.Request) -> web.Response:
        content = self.stored.get(request.match_info["path"])
        if request.match_info["token"] not in self.bots or content is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _do_get_me(self, said: Said) -> Any:
        bot = self.bots[said.token]
        return {
            "id": bot.id,
            "is_bot": True,
            "first_name": "Maison Tilleul",
            "username": bot.username,
            "can_join_groups": True,
        }

    async def _do_set_webhook(self, said: Said) -> Any:
        url = said.parameters.get("url", "")
        if url and not url.startswith("https://") and not self.local:
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.bots[said.token].webhook = said.parameters if url else None
        return True

    async def _do_delete_webhook(self, said: Said) -> Any:
        self.bots[said.token].webhook = None
        return True

    async def _do_get_webhook_info(self, said: Said) -> Any:
        bot = self.bots[said.token]
        info: dict[str, Any] = {
            "url": (bot.webhook or {}).get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(bot.waiting),
        }
        if bot.last_error:
            info["last_error_date"], info["last_error_message"] = bot.last_error
        return info

    async def _do_get_updates(self, said: Said) -> Any:
        bot = self.bots[said.token]
        if bot.webhook:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
                " first",
            )
        offset = said.parameters.get("offset")
        if offset is not None:
            bot.confirmed += [update["update_id"] for update in bot.waiting if update["update_id"] < int(offset)]
            bot.waiting = [update for update in bot.waiting if update["update_id"] >= int(offset)]
        bot.asking += 1
        asking = bot.asking
        deadline = asyncio.get_running_loop().time() + float(said.parameters.get("timeout", 0))
        while not bot.waiting and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(left, 0.05))
            if bot.asking != asking:
                raise Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return bot.waiting[: int(said.parameters.get("limit", 100))]

    async def _do_send_chat_action(self, said: Said) -> Any:
        return True

    _do_set_my_commands = _do_answer_callback_query = _do_send_chat_action

    async def _do_edit_message_reply_markup(self, said: Said) -> Any:
        return {"message_id": said.parameters["message_id"], "date": 0, "chat": {"id": 1, "type": "private"}}

    async def _do_get_file(self, said: Said) -> Any:
        file_id = said.parameters["file_id"]
        if file_id == "too-big":
            raise Refused(400, "Bad Request: file is too big")
        path = f"documents/{file_id}.bin"
        if path not in self.stored:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_unique_id": file_id[-4:], "file_size": 1, "file_path": path}

    async def _sent(self, said: Said, longest: int, words: str) -> Any:
        chat = int(said.parameters["chat_id"])
        if chat in self.moved:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, words, migrate_to_chat_id=self.moved[chat])
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat in self.unknown_chats:
            raise Refused(400, "Bad Request: chat not found")
        if any(said.parameters.get(name) in (None, "") for name in SHARING.get(said.method, ())):
            raise Refused(400, "Bad Request: a parameter is empty")
        text = said.parameters.get(words, "")
        if len(text.encode("utf-16-le")) // 2 > longest:
            raise Refused(400, f"Bad Request: {'message' if words == 'text' else 'message caption'} is too long")
        if words == "text" and not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        for row in (said.parameters.get("reply_markup") or {}).get("inline_keyboard", []):
            for button in row:
                if len(button.get("callback_data", "").encode()) > 64:
                    raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
                if "localhost" in button.get("url", ""):
                    raise Refused(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
        bot = self.bots[said.token]
        bot.messages += 1
        said.message_id = bot.messages
        return {
            "message_id": bot.messages,
            "from": {"id": bot.id, "is_bot": True, "first_name": "Maison Tilleul", "username": bot.username},
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            "date": 1763800000,
            words: text,
        }

    async def _do_send_message(self, said: Said) -> Any:
        return await self._sent(said, 4096, "text")

    async def _do_send_document(self, said: Said) -> Any:
        return await self._sent(said, 1024, "caption")

    async def _do_send_photo(self, said: Said) -> Any:
        if self.refused_photos:
            raise Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        return await self._sent(said, 1024, "caption")

    _do_send_voice = _do_send_audio = _do_send_video = _do_send_document
    _do_send_location = _do_send_venue = _do_send_contact = _do_send_document


async def _parameters(request: web.Request) -> tuple[dict[str, Any], dict[str, tuple[str, str, bytes]]]:
    """Parameters come in the query, as a form, as JSON or as multipart (Bot API, Making requests)."""
    found: dict[str, Any] = dict(request.query)
    files: dict[str, tuple[str, str, bytes]] = {}
    if request.content_type == "application/json":
        found |= await request.json()
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.content_type, value.file.read())
            else:
                found[name] = value
    for name in ("reply_markup", "link_preview_options", "reply_parameters", "allowed_updates", "commands"):
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    for name in ("chat_id", "message_id", "message_thread_id"):
        if name in found:
            found[name] = int(found[name])
    return found, files


def _snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)
