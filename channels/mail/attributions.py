"""Recognising the lines with which mail programs introduce what they quote: "On … wrote:", "De : … Envoyé : …".

Every rule looks at a bounded window of lines and characters, so that a megabyte of almost-matches stays cheap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from channels.mail.lines import Line, Mark, key

_WINDOW_LINES, _WINDOW_CHARACTERS, _LONGEST_LINE = 6, 500, 400

_VERB = re.compile(
    r"(?<!\w)(?:wrote|writes|sent|écrit|écrivait|écrivit|schrieb|geschrieben|escribió|escrit|scritto|scrisse|escreveu"
    r"|schreef|geschreven|verzond|napisał|napisała|pisze|skrev|kirjoitti|написал|написала|пише|пишет|написав|írta"
    r"|napsal|napísal|yazdı|viết|scris)(?!\w)|写道|寫道|작성|のメッセージ"
)
# "Paul m'a écrit :" and "you wrote:" are a customer telling a story, unless quoted lines follow.
_TOLD = re.compile(
    r"(?:\b(?:m|t|l|j)['’](?:a|ai|avait)|\b(?:nous|vous|lui|leur) (?:a|ont|avez|avait)|ont|avez|avait) écrit"
    r"|\b(?:i|you|he|she|they|we|who) (?:have |had |has )?(?:wrote|written|sent)\b"
)
_ENDS = re.compile(r"(?:[:：]|-{2,})[\s>*_\-\])]*$")
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{2,}")
_YEAR_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.|º)?,? (?:de )?[^\W\d_]{3,12}\.?,? (?:de )?(?:19|20)\d\d"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h]\s?\d{2}(?!\d)")
_DIGIT_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_STARTS = re.compile(
    r"[-–—\s]*(?:on|le|am|el|il|em|op|den|dne|w dniu|dnia|in data|in a message dated|pe|vào|la|il giorno)(?!\w)[ ,:]*"
    r"|[-–—\s]*在"
)
_STARTS_WITH_DATE = re.compile(
    r"\W{0,5}(?:(?:19|20)\d\d\s?[-/.年]|\d{1,2}[-/.]\d{1,2}[-/.]|\d{1,2}:\d\d"
    r"|\d{1,2}\.? [^\W\d_]{3,10}\.? (?:19|20)\d\d"
    r"|[^\W\d_]{2,12}[.,]{0,2} (?:(?:den |le )?\d{1,2}|[^\W\d_]{3,12}\.? \d{1,2})(?!\d))"
)
_INLINE = re.compile(r"(?<=[^\s]) (?:on|le|am|el|il) (?=(?:[^\W\d_]{2,10}[.,]{0,2} ){0,2}\d)", re.IGNORECASE)

_KINDS = {
    "from": "from de von da van fra od från expéditeur envoyé-par 发件人 寄件者 差出人 от lähettäjä",
    "date": "sent date envoyé envoyé-le date-d'envoi gesendet datum inviato data verzonden sendt dato skickat wysłano "
    "发送时间 日期 enviado enviado-el fecha message-du received reçu отправлено дата date-et-heure",
    "to": "to à a an per aan til para do till 收件人 destinataire destinataires pour кому",
    "subject": "subject objet sujet betreff oggetto onderwerp emne ämne temat asunto assunto 主题 тема object",
    "other": "cc bcc cci copie copie-à kopie kopia importance importante reply-to répondre-à organization risposta "
    "attachments pièces-jointes priorité priority copia",
}
_FIELDS = {
    word if word == "reply-to" else word.replace("-", " "): kind
    for kind, words in _KINDS.items()
    for word in words.split()
}
_FIELD = re.compile(r"[\s*_|]*([^\W\d_][\w '’\-]{0,24}?)[\s*_]*[:：]([\s\S]*)")
_FLAT_FIELD = re.compile(r"(?<!\w)(from|sent|date|to|subject|cc|de|envoyé(?: le)?|à|objet) ?: ?", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"\s*(?:fwd?|tr|wg|i|rv|enc|transf|fs)\s*[:：]", re.IGNORECASE)

_ORIGINAL = {
    "original message", "message d'origine", "message original", "message initial", "mail original", "mail d'origine",
    "courriel original", "reply message", "original text", "original email", "e-mail d'origine", "email d'origine",
    "ursprüngliche nachricht", "originalnachricht", "mensaje original", "messaggio originale", "mensagem original",
    "oorspronkelijk bericht", "oprindelig besked", "oprindelig meddelelse", "original meddelelse",
    "opprinnelig melding",
    "ursprungligt meddelande", "originalt meddelande", "alkuperäinen viesti", "wiadomość oryginalna",
    "message précédent", "previous message", "missatge original",
}  # fmt: skip
_FORWARDED = {
    "forwarded message", "message transféré", "message réexpédié", "message transmis", "courriel transféré",
    "mail transféré", "forwarded mail", "begin forwarded message", "début du message transféré", "forwarded by",
    "début du message réexpédié", "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht",
    "mensaje reenviado", "messaggio inoltrato", "doorgestuurd bericht", "mensagem encaminhada", "e-mail transféré",
}  # fmt: skip
_ABOVE = re.compile(
    r"(?:reply|write|type your reply|respond) above (?:this|the) line"
    r"|répond(?:re|ez) (?:ci-dessus|au-dessus) de cette ligne"
    r"|(?:écrivez|écrire) (?:votre réponse )?au-dessus de cette ligne"
)


class Header(NamedTuple):
    """An introduction to quoted text. `end` is the line after it; a `sure` one needs no `>` below it to be believed."""

    end: int
    sure: bool
    forwards: bool = False


def introduction(lines: Sequence[Line], at: int) -> Header | None:
    """What begins at this line: a separator, a block of header fields or an attribution; None for anything else."""
    line = lines[at]
    if line.blank or len(line.text) > _LONGEST_LINE:
        return None
    return separator(lines, at) or header_block(lines, at) or attribution(lines, at)


def separator(lines: Sequence[Line], at: int) -> Header | None:
    """`-----Original Message-----`, a forwarding mark, or a line that says to write above it."""
    text = key(lines[at].text)
    if len(text) > 200:
        return None
    if _ABOVE.search(text):
        return Header(at + 1, sure=True)
    bare = text.strip("-_=*#<>—– \t:：").replace("’", "'")
    dashed = text.startswith(("--", "__", "==", "—", "–"))
    forwards = bare in _FORWARDED and (dashed or text.endswith((":", "：")))
    if not forwards and not (dashed and bare in _ORIGINAL):
        return None
    block = _block(lines, _next(lines, at + 1))
    return Header(block.end if block else at + 1, sure=True, forwards=forwards)


def header_block(lines: Sequence[Line], at: int) -> Header | None:
    """From, Sent, To and Subject on lines of their own, or all on one. A customer's "De : Paris, À : Lyon" is none:
    a block names a sender and a date, and shows an address or every field."""
    start = at
    bare = lines[at].text.strip()
    if len(bare) >= 5 and not bare.strip("_-=*— "):
        start = _next(lines, at + 1)
        if start - at > 3:
            return None
    return _block(lines, start)


def _block(lines: Sequence[Line], start: int) -> Header | None:
    if start >= len(lines):
        return None
    flat = _flat(lines[start].text)
    if flat is not None:
        return Header(start + 1, sure=True, forwards=bool(_FORWARD_SUBJECT.match(flat)))
    kinds: dict[str, str] = {}
    at, end, others, blanks = start, start, 0, 0
    depth = lines[start].depth
    while at < len(lines) and at - start < 30 and lines[at].depth == depth:
        text = lines[at].text
        if lines[at].blank:
            blanks += 1
        elif field := _field(text):
            if field[0] in kinds and field[0] != "other":
                break  # the same field again belongs to another block
            kinds.setdefault(*field)
            end, others, blanks = at + 1, 0, 0
        elif at == start or blanks or others >= 3 or "subject" in kinds:
            break
        else:
            # The rest of a value that was too long for its line.
            others += 1
            last = next(reversed(kinds))
            kinds[last] += " " + text
        if blanks > 1:
            break
        at += 1
    addressed = "@" in kinds.get("from", "") or "@" in kinds.get("to", "")
    if not {"from", "date"} <= kinds.keys() or not kinds.keys() & {"to", "subject"}:
        return None
    ruled = lines[start].mark is Mark.MAYBE_TAIL
    complete = {"to", "subject"} <= kinds.keys() and any(map(str.isdigit, kinds["date"]))
    if not (addressed or ruled or complete):
        return None
    return Header(end, sure=True, forwards=bool(_FORWARD_SUBJECT.match(kinds.get("subject", ""))))


def _field(text: str) -> tuple[str, str] | None:
    found = _FIELD.match(text.replace("\u00a0", " ")[:_LONGEST_LINE])
    kind = _FIELDS.get(" ".join(found[1].split()).casefold().replace("’", "'")) if found else None
    return (kind, found[2]) if found and kind else None


def _flat(text: str) -> str | None:
    """The subject of a block whose fields all stand on one line, or None when the line is no such block."""
    if "@" not in text or not text.lstrip(" *_").casefold().startswith(("de", "from", "date")):
        return None
    found = list(_FLAT_FIELD.finditer(text[:_LONGEST_LINE]))
    kinds = {_FIELDS.get(one[1].casefold(), "") for one in found}
    if not {"from", "date"} <= kinds or not kinds & {"to", "subject"}:
        return None
    last = next((one for one in found if _FIELDS.get(one[1].casefold()) == "subject"), None)
    return text[last.end() :] if last else ""


def attribution(lines: Sequence[Line], at: int) -> Header | None:
    """ "On Monday, Anna <anna@…> wrote:" in the forms of many languages, on up to six lines."""
    first = key(lines[at].text)
    dated = bool(_STARTS_WITH_DATE.match(first))
    opened = _STARTS.match(first)
    started = dated or (opened is not None and bool(_DIGIT_DAY.search(first)))
    if not started and "<" not in first and not _EMAIL.search(first):
        return None
    firm = bool(_YEAR_DATE.search(first)) or bool(_TIME.search(first))
    joined, blanks = "", 0
    for end in range(at, min(len(lines), at + _WINDOW_LINES)):
        line = lines[end]
        text = key(line.text)
        if line.depth == lines[at].depth + 1 and joined.count("<") > joined.count(">"):
            # The bracket that closes an address, folded to the start of a line, is no mark of a quote.
            text = "> " + text
        elif line.depth != lines[at].depth:
            break
        if line.blank:
            blanks += 1
            if not firm or blanks > 2:
                break
            continue
        joined = f"{joined} {text}".strip()
        if len(joined) > _WINDOW_CHARACTERS:
            break
        found = _judged(joined, started=started)
        if found is not None:
            return Header(end + 1, sure=found)
    return _without_colon(at, first) if dated else None


def _judged(text: str, *, started: bool) -> bool | None:
    """True for an attribution beyond doubt, False for one that only quoted lines below can confirm, None for none."""
    if not _ENDS.search(text):
        return None
    email = bool(_EMAIL.search(text))
    dated = bool(_YEAR_DATE.search(text)) or (bool(_DIGIT_DAY.search(text)) and bool(_TIME.search(text)))
    verb = _VERB.search(text)
    if verb is None:
        return True if started and dated and email else None
    if not started and not email:
        return None
    if text[-1] == "-" and not text[verb.end() :].strip("- "):
        return True
    *_, last = _VERB.finditer(text)
    rest = text[last.end() :].strip(" :：>*_-()[]")
    if rest and not email and not dated:
        return None
    if _TOLD.search(text):
        return False
    # In English and French the verb comes last; elsewhere the name may follow it.
    trailing = rest.split()
    if last[0] in ("wrote", "écrit", "sent", "writes") and len(trailing) > 1:
        return False if dated or email else None
    return email or (dated and started)


def _without_colon(at: int, first: str) -> Header | None:
    """A date, a name and an address alone, as old Gmail wrote in some languages: believed when quoted lines follow."""
    bare = first.rstrip(">) ")
    if _EMAIL.search(first) and first.endswith(">") and _YEAR_DATE.search(bare):
        return Header(at + 1, sure=False)
    return None


def split_inline(line: Line) -> list[Line]:
    """The line, cut in two where an attribution follows a sentence without a line break of its own."""
    text = line.text
    if not 20 <= len(text) <= 1_000 or line.depth:
        return [line]
    cut = None
    if text.rstrip().endswith(":") and _VERB.search(key(text)):
        for found in _INLINE.finditer(text):
            rest = key(text[found.start() :])
            said = any(map(str.isalnum, text[: found.start()]))
            if said and _judged(rest, started=True) and _EMAIL.search(rest):
                cut = found.start()
                break
    elif "@" in text:
        for found in _FLAT_FIELD.finditer(text):
            if (
                found.start()
                and _FIELDS.get(found[1].casefold()) == "from"
                and _flat(text[found.start() :]) is not None
            ):
                cut = found.start()
                break
    if cut is None:
        return [line]
    return [Line(text[:cut].rstrip(), 0, line.mark), Line(text[cut:].strip(), 0, line.mark)]


def _next(lines: Sequence[Line], at: int) -> int:
    while at < len(lines) and lines[at].blank:
        at += 1
    return at
