"""Recognising where a signature, a telephone's greeting or a legal notice begins at the end of someone's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from channels.mail.lines import key

_DASHES = {"--", "—", "–", "__", "___"}
_MAX_SIGNATURE = 25

_SENT = re.compile(
    r"[\[(<*\s]{0,3}(?:sent|envoyé|envoyée|message envoyé|expédié|gesendet|verzonden|verstuurd|sendt|skickat|enviado"
    r"|inviato|wysłane|wysłano|отправлено|provided|get|obtenez|télécharge[rz]|gratuitement) "
    r"(?:(?:sans gêne|automatically|securely) )?"
    r"(?:from|via|with|using|by|de|du|depuis|à partir d[eu']|avec|par|von|mit|met|vanaf|fra|från|desde|da|con|z|с"
    r"|outlook)"
    r"(?!\w)(.{0,160})$"
)
_SENT_ELSEWHERE = re.compile(
    r"(?:von meinem .{1,60} gesendet|diese nachricht wurde (?:von|mit) .{1,100} gesendet|從我的 .{1,40} 傳送"
    r"|从我的 .{1,40} 发送|iphoneから送信|.{0,40}から送信|from my [\w ]{1,30}|\w{1,20} from mobile"
    r"|\[?get outlook for .{1,80}"
    r"|get \[outlook for .{1,100}|téléchargez outlook .{1,80}|download .{1,20} (?:mail|app) .{1,40}"
    r"|.{0,20}yahoo mail[ :].{0,60}(?:organize|conquer|rechercher|organiser).{0,60})$"
)
_DEVICE = re.compile(
    r"\b(?:iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|oneplus|pixel|nokia|htc|sony|lg|windows"
    r"|mobile|phone|cell|smartphone|téléphone|portable|tablet|tablette|appareil|outlook|yahoo|gmail|proton|protonmail"
    r"|aol|mail|mailbox|courrier|messagerie|orange|free|sfr|bouygues|la poste|airmail|spark|bluemail|mac|pc|apple"
    r"|watch)"
)
_EXCUSE = re.compile(r"\b(?:excuse|excusez|pardon|désolé|brevity|brièveté|typo|fautes)")
_ARTICLE = re.compile(r"^(?:la |le |les |the |mon |ma |my )")
_CLAUSE = re.compile(r",? (?:is|was|are|it|but|because|which|that|est|c'est|mais|car|qui|que|je|j'ai|i|the|le|la|les) ")

_CLOSING = re.compile(
    r"(?:(?:bien |très )?cordialement|cdlt|cdt|bien à vous|salutations(?: distinguées)?|amicalement"
    r"|respectueusement|sincères salutations|meilleures salutations|(?:best|kind|kindest|warm|warmest)? ?regards"
    r"|sincerely"
    r"|yours (?:sincerely|faithfully|truly)|best wishes|best|cheers|bonne journée|belle journée)[ ,.!]{0,3}"
)
_CONTACT = re.compile(
    r"(?:\+|\b0)\d(?:[ .\-/()]{0,3}\d){7,}|@|\bwww\.|https?://|\bt[ée]l\b|\bmob(?:ile)?\b|\b(?:ceo|cto|cfo|director"
    r"|directeur|directrice|manager|responsable|g[ée]rante?|engineer|ing[ée]nieur|assistante?|consultante?|sarl|sas|ltd"
    r"|inc|gmbh|llc)\b|\b\d{5} [a-zà-ÿ]"
)
_TITLE = re.compile(
    r"\b(?:ceo|cto|cfo|director|directeur|directrice|manager|responsable|g[ée]rante?|engineer|ing[ée]nieure?|assistante?"
    r"|consultante?|sarl|sas|sa|eurl|ltd|plc|inc|gmbh|llc|chef(?:fe)? de|head of|charg[ée]e? d)\b"
)
_REACHED = re.compile(r"(?:\+|\b0)\d(?:[ .\-/()]{0,3}\d){7,}|\w@\w")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
# Facts a customer may well write below the greeting: never taken for a signature.
_BUSINESS = re.compile(
    r"\b(?:commande|order|facture|invoice|r[ée]f|r[ée]f[ée]rence|reference|dossier|ticket|colis|parcel|tracking|suivi|client"
    r"|customer|contrat|contract|case|p\.?\s?s\b|nb\b|n°|remboursement|refund|rib|iban)"
)
_NOTICE = re.compile(
    r"(?:this (?:e-?mail|message|communication)|the information (?:contained )?in this|ce (?:message|courriel|courrier"
    r"|mail|e-?mail)|les informations contenues|confidentiality (?:notice|note)|avis de confidentialité|disclaimer"
    r"|avertissement|legal notice|important notice|privileged|please consider the environment"
    r"|pensez à l['’]environnement"
    r"|avant d['’]imprimer|n['’]imprimez ce|think before you print|sans virus|virus-free|garanti sans virus"
    r"|this email has been (?:scanned|checked)|l['’]absence de virus|cet e-?mail a été vérifié)"
)
_LEGAL = re.compile(
    r"confiden|destinatair|intended|recipient|privileg|unauthori[sz]ed|non autoris|virus|erreur|in error|delete|détrui"
    r"|supprim|imprim|print|disclos|divulg|responsab|liab|avast|avg\b|antivirus|norton"
)
_LIST_RULE = re.compile(r"_{2,}|-{5,}|={5,}")


def signature_at(words: Sequence[str]) -> int:
    """The index of the line where the signature begins, or their number when there is none.

    `words` are one person's lines. A signature runs to their end, except what stands above everything else.
    """
    keys = [key(line) for line in words]
    after = [0] * (len(keys) + 1)
    for index in range(len(keys) - 1, -1, -1):
        after[index] = after[index + 1] + bool(words[index].strip())
    for index, text in enumerate(keys):
        if words[index].strip() and _begins(index, text, words, keys, after):
            return index
    return len(keys)


def _begins(index: int, text: str, words: Sequence[str], keys: list[str], after: list[int]) -> bool:
    rest = after[index + 1]
    bare = words[index].strip()
    if bare in _DASHES:
        return 0 < rest <= (_MAX_SIGNATURE if bare == "--" else 10)
    if after[0] > after[index] and _LIST_RULE.fullmatch(bare):
        return 0 < rest <= 6 and any("http" in line or "@" in line for line in keys[index + 1 :])
    if not text:
        return False
    if greets_from_device(text):
        return rest == 0 or after[0] > after[index] or all(greets_from_device(k) for k in keys[index + 1 :] if k)
    if len(text) <= 60 and _CLOSING.fullmatch(text) and 2 <= rest <= 8:
        return _card([line for line in keys[index + 1 :] if line])
    if _visiting_card(index, words, keys, after):
        return True
    if _NOTICE.match(text.lstrip("*_-#[( ")) and rest <= 40:
        notice = " ".join(keys[index : index + 12])[:3_000]
        return len({found[0] for found in _LEGAL.finditer(notice)}) >= 2
    return False


def _visiting_card(index: int, words: Sequence[str], keys: list[str], after: list[int]) -> bool:
    """A card below the words without any greeting: a name, what they are or where they work, and how they are reached.

    All three, and no postal address: who is asked for name, address and telephone answers just so.
    """
    apart = index > 0 and not words[index - 1].strip() and after[0] > after[index]
    if not apart or not 2 <= after[index + 1] <= 7:
        return False
    name = words[index].strip(" *_,")
    if len(name) > 60 or not _NAME.fullmatch(name) or not (name[0].isupper() and name.split()[-1][0].isupper()):
        return False
    lines = [line for line in keys[index + 1 :] if line]
    if any(re.search(r"\b\d{4,5} [a-zà-ÿ]", line) or line.endswith((".", "!")) for line in lines):
        return False
    said = [line for line in lines if not _REACHED.search(line)]
    return _card([keys[index], *lines]) and len(said) < len(lines) and any(_TITLE.search(line) for line in said)


def _card(lines: list[str]) -> bool:
    """A name, then title, company, telephone or address: nothing that tells or asks anything."""
    if not lines or len(lines[0].split()) > 4 or re.search(r"\d", lines[0]):
        return False
    if any(len(line) > 90 or line.endswith("?") or _BUSINESS.search(line) for line in lines):
        return False
    return any(_CONTACT.search(line) for line in lines)


def greets_from_device(line: str) -> bool:
    """Whether the line is what a telephone or a mail program adds: "Envoyé de mon iPhone", "Get Outlook for iOS"."""
    text = line if len(line) <= 200 else ""
    if not text:
        return False
    if _SENT_ELSEWHERE.match(text):
        return True
    found = _SENT.match(text)
    if not found:
        return False
    rest = _ARTICLE.sub("", found[1].split("<")[0].strip(" .)]>*_"))
    device = bool(_DEVICE.search(" ".join(rest.split()[:6])))
    if _CLAUSE.search(f" {rest} ") and not (device and _EXCUSE.search(rest)):
        return False
    return device or (len(rest.split()) <= 3 and text.startswith(("sent", "envoyé", "<<sent", "(sent", "[sent")))
