"""The few calls of Meta's Graph API that a WhatsApp number needs, over the gateway's own HTTP client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from channels.bodies import json_of
from channels.port import Rejected, Retry
from channels.whatsapp.faults import error_for
from channels.whatsapp.settings import WhatsAppSettings

CALL = aiohttp.ClientTimeout(total=10)
TRANSFER = aiohttp.ClientTimeout(total=120, sock_read=30)
CHUNK = 64 * 1024
_MEDIA_HOSTS = ("fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net")
_TEMPLATE_PAGES = 10
_NUMBER_FIELDS = "display_phone_number,verified_name,quality_rating,name_status,status,webhook_configuration"


@dataclass(frozen=True)
class RemoteFile:
    """Where the bytes of a file are for the next five minutes. `sha256` is in hexadecimal or base64, or empty."""

    url: str
    sha256: str


class Graph:
    """One number's calls. Every method raises Retry or Rejected.

    A Retry that is raised from another error stands for an answer that never came: nobody knows whether the request was
    taken.
    """

    def __init__(self, http: aiohttp.ClientSession, settings: WhatsAppSettings) -> None:
        self._http, self._settings = http, settings
        self._base = f"{settings.graph_url}/{settings.graph_version}"
        self._number = f"{self._base}/{settings.phone_number_id}"

    async def send(self, message: dict[str, Any]) -> str:
        """Sends a message; the identifier it has from now on."""
        answer = await self._call("POST", f"{self._number}/messages", json={"messaging_product": "whatsapp", **message})
        try:
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            # Taken, as the status says: its receipts will find it by the identifier that we gave along.
            raise Retry("an answer without a message identifier") from error

    async def show_read(self, message_id: str) -> None:
        """Marks a customer's message, and those before it, as read, and shows “typing…” for up to 25 seconds."""
        body = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        await self._call("POST", f"{self._number}/messages", json=body)

    async def upload(self, content: bytes, *, name: str, media_type: str) -> str:
        """Uploads a file to be sent; its identifier, good for 30 days."""
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", media_type)
        form.add_field("file", content, filename=name, content_type=media_type)
        try:
            answer = await self._call("POST", f"{self._number}/media", data=form, timeout=TRANSFER)
        except Retry as error:
            # Not from the error: whatever became of the upload, no message was sent.
            raise Retry(f"upload: {error}", after=error.after, whole_account=error.whole_account) from None
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise Retry("upload: no identifier")
        return str(answer["id"])

    async def file(self, media_id: str) -> RemoteFile:
        """Where a file that a customer sent can be fetched, by its identifier. Gone after seven days: Rejected."""
        params = {"phone_number_id": self._settings.phone_number_id}
        answer = await self._call("GET", f"{self._base}/{media_id}", params=params)
        url = answer.get("url") if isinstance(answer, dict) else None
        if not isinstance(url, str) or not self._may_have_token(url):
            raise Rejected("media: no address to fetch it from")
        return RemoteFile(url=url, sha256=str(answer.get("sha256") or ""))

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """The bytes at an address that `file` gave. It lives for five minutes: one that is gone is asked for again."""
        try:
            async with self._http.get(url, headers=self._headers, timeout=TRANSFER, allow_redirects=False) as response:
                if response.status in (404, 410):
                    raise Retry("media: the address has expired")
                if response.status != 200:
                    raise error_for(response.status, None, response.headers)
                async for chunk in response.content.iter_chunked(CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retry(f"media: {type(error).__name__}") from error

    async def number(self) -> dict[str, Any]:
        """What Meta says of the number."""
        answer = await self._call("GET", self._number, params={"fields": _NUMBER_FIELDS})
        return answer if isinstance(answer, dict) else {}

    async def templates(self) -> dict[tuple[str, str], str]:
        """The status of each template of the business account (`APPROVED`, `PAUSED`, …) by name and language code."""
        found: dict[tuple[str, str], str] = {}
        after = ""
        for _ in range(_TEMPLATE_PAGES):
            params = {"fields": "name,language,status", "limit": "200", **({"after": after} if after else {})}
            account = f"{self._base}/{self._settings.business_account_id}"
            answer = await self._call("GET", f"{account}/message_templates", params=params)
            if not isinstance(answer, dict):
                break
            for each in answer.get("data") or []:
                if isinstance(each, dict):
                    found[str(each.get("name")), str(each.get("language"))] = str(each.get("status") or "")
            paging = answer.get("paging") or {}
            after = str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""
            if not after:
                break
        return found

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.access_token.get_secret_value()}"}

    def _may_have_token(self, url: str) -> bool:
        """The token goes to Meta alone, whatever an answer says."""
        try:
            theirs, ours = urlsplit(url), urlsplit(self._settings.graph_url)
            host = theirs.hostname or ""
        except ValueError:
            return False
        if (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc):
            return True
        return theirs.scheme == "https" and any(host == each or host.endswith(f".{each}") for each in _MEDIA_HOSTS)

    async def _call(self, method: str, url: str, *, timeout: aiohttp.ClientTimeout = CALL, **more: Any) -> Any:
        async with self._answer(method, url, timeout=timeout, **more) as response:
            try:
                body = await json_of(response)
            except ValueError:
                body = None
            if response.status >= 300:
                raise error_for(response.status, body, response.headers)
            return body

    @asynccontextmanager
    async def _answer(self, method: str, url: str, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            request = self._http.request(method, url, headers=self._headers, allow_redirects=False, **more)
            async with request as response:
                yield response
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # No request was written: nothing can have been taken.
            raise Retry(f"Meta cannot be reached: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retry(f"Meta has not answered: {type(error).__name__}") from error
