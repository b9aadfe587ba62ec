"""WhatsApp's platform, as the contract of all channels meets it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

from tests.channels.contract import BUSY, Arrived, Call, Failure, Quiet, State
from tests.channels.whatsapp.graph_server import Answer, GraphServer, Number, cut, failing

ACCOUNTS = {
    "main": {
        "phone_number_id": "106540352242922",
        "access_token": "token-of-the-main-number",
        "app_secret": "secret-of-the-main-app",
        "verify_token": "word-of-the-main-number",
    },
    "second": {
        "phone_number_id": "106540352249999",
        "access_token": "token-of-the-second-number",
        "app_secret": "secret-of-the-second-app",
        "verify_token": "word-of-the-second-number",
    },
}
PEOPLE = {"marie": "33612345678", "paul": "33698765432"}
FAILURES: dict[Failure, Answer] = {
    "busy": failing(429, 130429, "Rate limit hit", **{"Retry-After": str(BUSY)}),
    "down": failing(500, 131000, "Something went wrong"),
    "cut": cut,
    "refused": failing(400, 131009, "Parameter value is not valid"),
    "blocked": failing(400, 131026, "Message undeliverable"),
    "credentials": failing(401, 190, "Access token has expired"),
}


def signed(document: Any, *, account: str = "main", secret: str | None = None) -> Call:
    """A webhook call as Meta makes it; `document` is sent as it is when it is bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    key = ACCOUNTS[account]["app_secret"] if secret is None else secret
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
    return Call(f"/hooks/whatsapp/{account}", body, headers)


def webhook(value: dict[str, Any], *, account: str = "main", field: str = "messages") -> dict[str, Any]:
    """A webhook about one account with one change."""
    metadata = {"display_phone_number": "33187000001", "phone_number_id": ACCOUNTS[account]["phone_number_id"]}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


def wa_id(sender: str) -> str:
    """The number of somebody by name; the same one for the same name."""
    return PEOPLE.get(sender) or "336" + str(int(hashlib.sha256(sender.encode()).hexdigest(), 16))[:8]


class WhatsAppCase(Quiet):
    """A Graph API on loopback, and webhooks signed as Meta signs them."""

    name = "whatsapp"
    pictures = True
    failures = frozenset(FAILURES)
    states = frozenset({"sent", "delivered", "read", "failed"})
    ordered = True

    async def start(self) -> None:
        self.begun = int(time.time()) - 3600
        numbers = {each["phone_number_id"]: Number(each["access_token"]) for each in ACCOUNTS.values()}
        self.graph = GraphServer(numbers)
        await self.graph.start()

    async def stop(self) -> None:
        await self.graph.stop()

    def settings(self, account: str) -> dict[str, Any]:
        return {**ACCOUNTS[account], "graph_url": self.graph.url, "show_read": False}

    def message(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> dict[str, Any]:
        """One text message, as it is in a webhook."""
        return {
            "from": wa_id(sender),
            "id": f"wamid.{account}.{sender}.{number}",
            "timestamp": str(self.begun + number),
            "type": "text",
            "text": {"body": text},
        }

    async def heard(self, text: str, *, number: int = 1, sender: str = "marie", account: str = "main") -> Call:
        contacts = [{"profile": {"name": sender.title()}, "wa_id": wa_id(sender)}]
        message = self.message(text, number=number, sender=sender, account=account)
        return signed(webhook({"contacts": contacts, "messages": [message]}, account=account), account=account)

    async def forged(self) -> list[Call]:
        genuine = await self.heard("bonjour")
        sha1 = hmac.new(ACCOUNTS["main"]["app_secret"].encode(), genuine.body, hashlib.sha1).hexdigest()
        signature = genuine.headers["X-Hub-Signature-256"]
        reserialised = json.dumps(json.loads(genuine.body), separators=(",", ":")).encode()
        wrong: list[tuple[bytes, dict[str, str]]] = [
            (genuine.body, {}),
            (genuine.body, {"X-Hub-Signature-256": ""}),
            (genuine.body, {"X-Hub-Signature-256": "sha256="}),
            (genuine.body, {"X-Hub-Signature-256": f"sha1={sha1}"}),
            (genuine.body, {"X-Hub-Signature": f"sha1={sha1}"}),
            (genuine.body, {"X-Hub-Signature-256": signature.removeprefix("sha256=")}),
            (genuine.body, {"X-Hub-Signature-256": signature[:-1]}),
            (genuine.body, {"X-Hub-Signature-256": "sha256=" + "0" * 64}),
            (genuine.body, {"X-Hub-Signature-256": "sha256=é"}),
            (reserialised, {"X-Hub-Signature-256": signature}),
            (genuine.body + b"\n", {"X-Hub-Signature-256": signature}),
        ]
        others = signed(json.loads(genuine.body), secret=ACCOUNTS["second"]["app_secret"])
        return [*(Call(genuine.path, body, headers) for body, headers in wrong), others]

    async def unknown(self) -> list[Call]:
        text = self.message("bonjour")
        to_another = webhook({"messages": [text]})
        to_another["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "1"
        documents = [
            {"object": "page", "entry": [{"id": "1", "messaging": []}]},
            {"object": "whatsapp_business_account", "entry": []},
            webhook({"event": "VERIFIED_ACCOUNT"}, field="account_update"),
            webhook({"messages": [text]}, field="standby"),
            webhook({"messages": [{**text, "group_id": "Y2FwaV9ncm91cDox"}]}),
            webhook({"messages": [{**text, "type": "system", "system": {"type": "customer_identity_changed"}}]}),
            webhook({"statuses": [{"id": "wamid.1", "status": "warning", "timestamp": str(self.begun)}]}),
            webhook({"errors": [{"code": 130429, "title": "Rate limit hit"}]}),
            to_another,
        ]
        return [signed(document) for document in documents]

    async def broken(self) -> list[Call]:
        text = self.message("bonjour")
        documents: list[Any] = [
            b"",
            b"bonjour",
            b"\xff\xfe\x00",
            b"[" * 100_000,
            b'{"a": ' + b"9" * 5000 + b"}",
            [],
            "bonjour",
            {"object": "whatsapp_business_account", "entry": {"id": "1"}},
            {"object": "whatsapp_business_account", "entry": [None, 1, {"changes": "all"}, {"changes": [None, {}]}]},
            webhook({"messages": {"id": "1"}}),
            webhook({"messages": ["bonjour", None, 5, []]}),
            webhook({"messages": [{**text, "id": None}, {**text, "id": ""}, {**text, "id": {"a": 1}}]}),
            webhook({"messages": [{**text, "timestamp": "soon"}, {**text, "timestamp": "-1"}]}),
            webhook({"messages": [{**text, "from": ""}, {**text, "from": {"a": 1}}, {**text, "from": "3" * 500}]}),
            webhook({"messages": [{**text, "text": "bonjour"}, {**text, "text": {"body": ["a"]}}]}),
            webhook({"messages": [{**text, "text": {"body": "\0\ud800"}}, {**text, "text": {"body": " "}}]}),
            webhook({"statuses": [{"id": 1}, None, {"id": "wamid.1", "status": {}, "timestamp": []}]}),
        ]
        return [signed(document) for document in documents]

    async def address(self, sender: str = "marie") -> str:
        return wa_id(sender)

    def fail(self, how: Failure, *, after: int = 0) -> None:
        self.graph.next.extend([*[None] * after, FAILURES[how]])

    async def arrived(self) -> list[Arrived]:
        return [shown(each, self.graph) for each in self.graph.sent if each.get("to") == PEOPLE["marie"]]

    async def receipts(self, platform_id: str, state: State, *, account: str = "main") -> list[Call]:
        status: dict[str, Any] = {
            "id": platform_id,
            "status": state,
            "timestamp": str(int(time.time())),
            "recipient_id": PEOPLE["marie"],
        }
        tracked = [each["biz_opaque_callback_data"] for each in self.graph.sent if each["wamid"] == platform_id]
        if tracked:
            status["biz_opaque_callback_data"] = tracked[0]
        if state == "failed":
            status["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
        return [signed(webhook({"statuses": [status]}, account=account), account=account)]


def shown(sent: dict[str, Any], graph: GraphServer) -> Arrived:
    """A message as its reader sees it."""
    content = sent[sent["type"]]
    text, buttons, files = "", (), ()
    if sent["type"] == "text":
        text = content["body"]
    elif sent["type"] == "interactive":
        text, action = content["body"]["text"], content["action"]
        if "header" in content:
            files = (graph.uploads[content["header"]["image"]["id"]][0],)
        if content["type"] == "button":
            buttons = tuple(each["reply"]["title"] for each in action["buttons"])
        elif content["type"] == "list":
            rows = [row for section in action["sections"] for row in section["rows"]]
            buttons = tuple(row.get("description") or row["title"] for row in rows)
        else:
            text += f"\n{action['parameters']['display_text']}: {action['parameters']['url']}"
    elif sent["type"] == "template":
        places = [each["text"] for component in content.get("components", []) for each in component["parameters"]]
        text = " ".join([content["name"], content["language"]["code"], *places])
    elif sent["type"] == "location":
        text = " ".join(str(value) for value in content.values())
    elif sent["type"] == "contacts":
        details = [each for one in content for each in (*one.get("phones", []), *one.get("emails", []))]
        names = [one["name"]["formatted_name"] for one in content]
        text = " ".join([*names, *(value for each in details for value in each.values())])
    else:
        text, files = content.get("caption", ""), (graph.uploads[content["id"]][0],)
    return Arrived(sent.get("to") or sent["recipient"], text, buttons, files, sent["wamid"])


CASE = WhatsAppCase
