"""What the documentation of Meta’s Graph API refuses of a message."""

from __future__ import annotations

from typing import Any

KINDS = {"text", "interactive", "image", "audio", "video", "document", "template", "location", "contacts"}
AUTHENTICATION = {"code_verification", "verification_code"}
"""Templates that were approved as authentication templates, whose button copies the code."""
MEDIA = {"image": 5, "audio": 16, "video": 16, "document": 100}


def unfit(body: dict[str, Any], uploads: dict[str, tuple[str, str, bytes]]) -> tuple[int, str] | None:
    """What the documentation has against a message: the code and the detail; None when it is fine."""
    kind = body.get("type")
    shape = list if kind == "contacts" else dict
    if body.get("messaging_product") != "whatsapp" or kind not in KINDS or not isinstance(body.get(kind), shape):
        return 100, "shape"
    if not str(body.get("to", "")).isdecimal() and "." not in str(body.get("recipient", "")):
        return 131009, "recipient"
    if len(body.get("biz_opaque_callback_data", "")) > 512:
        return 131009, "biz_opaque_callback_data"
    content = body[kind]
    if kind == "text":
        return None if 0 < len(content["body"]) <= 4096 else (131009, "text.body")
    if kind == "interactive":
        return _unfit_interactive(content, uploads)
    if kind == "template":
        return _unfit_template(content)
    if kind in ("location", "contacts"):
        return _unfit_shared(kind, content)
    if content.get("id") not in uploads:
        return 131009, f"{kind}.id"
    if len(content.get("caption", "")) > 1024 or (kind == "audio" and "caption" in content):
        return 131009, f"{kind}.caption"
    if len(uploads[content["id"]][2]) > MEDIA[kind] * 1024 * 1024:
        return 131053, "too large"
    return None


def _unfit_interactive(content: dict[str, Any], uploads: dict[str, tuple[str, str, bytes]]) -> tuple[int, str] | None:
    header = content.get("header")
    if header and (content["type"] == "list" or header["image"]["id"] not in uploads):
        return 131009, "interactive.header"
    kind, action, body = content["type"], content["action"], content.get("body", {}).get("text", "")
    if not 0 < len(body) <= (4096 if kind == "list" else 1024):
        return 131009, "interactive.body"
    if kind == "button":
        titles = [each["reply"]["title"] for each in action["buttons"]]
        ids = [each["reply"]["id"] for each in action["buttons"]]
        fine = 1 <= len(titles) <= 3 and all(0 < len(each) <= 20 for each in titles)
        fine = fine and len(set(titles)) == len(titles) and all(0 < len(each) <= 256 for each in ids)
    elif kind == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        fine = 1 <= len(rows) <= 10 and 0 < len(action["button"]) <= 20
        fine = fine and all(0 < len(row["title"]) <= 24 and len(row.get("description", "")) <= 72 for row in rows)
        fine = fine and len({row["id"] for row in rows}) == len(rows) and all(len(row["id"]) <= 200 for row in rows)
    else:
        parameters = action["parameters"]
        fine = kind == "cta_url" and 0 < len(parameters["display_text"]) <= 20
        fine = fine and parameters["url"].startswith("https://")
    return None if fine else (131009, "interactive.action")


def _unfit_shared(kind: str, content: Any) -> tuple[int, str] | None:
    """A place has degrees; a contact a formatted name and one part of it beside."""
    if kind == "location":
        fine = abs(content["latitude"]) <= 90 and abs(content["longitude"]) <= 180
    else:
        fine = bool(content) and all(
            each["name"]["formatted_name"] and each["name"].get("first_name") for each in content
        )
    return None if fine else (131009, kind)


def _unfit_template(content: dict[str, Any]) -> tuple[int, str] | None:
    if content["name"] in AUTHENTICATION:
        return _unfit_code(content)
    for component in content.get("components", []):
        for parameter in component["parameters"]:
            text = parameter["text"]
            if not text or any(mark in text for mark in ("\n", "\t", "     ")):
                return 132018, "parameter"
    return None


def _unfit_code(content: dict[str, Any]) -> tuple[int, str] | None:
    """A code stands in the words and in the button that copies it, the same in both, in at most 15 characters."""
    parts = {component["type"]: component for component in content.get("components", [])}
    button = parts.get("button", {})
    if set(parts) != {"body", "button"} or (button.get("sub_type"), button.get("index")) != ("url", "0"):
        return 131008, "Button at index 0 of type Url requires a parameter"
    places = [parts["body"]["parameters"], button["parameters"]]
    code = places[0][0].get("text", "")
    fine = places == [[{"type": "text", "text": code}]] * 2 and 0 < len(code) <= 15
    return None if fine else (132000, "parameters")
