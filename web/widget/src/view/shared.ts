/** Places and people's details that somebody shared: words and a link, never a map of someone else's. */
import type { Contact, Message, Place } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { contactIcon, placeIcon } from "./icons";
import { link } from "./text";

export function shared({ location, contacts }: Message, speech: Speech): HTMLElement[] {
  return [...(location ? [place(location, speech)] : []), ...(contacts ?? []).map((each) => contact(each, speech))];
}

function place({ latitude, longitude, name, address }: Place, speech: Speech): HTMLElement {
  const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const map = link(`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`, speech.t("map"));
  return el(
    "div",
    { class: "file", "data-testid": "location" },
    placeIcon(20),
    el(
      "span",
      { class: "file-words" },
      el("span", { class: "file-name", dir: "auto" }, name || address || speech.t("sharedPlace")),
      el("span", { class: "file-note", dir: "auto" }, name && address ? address : at),
      el("span", { class: "file-note" }, map),
    ),
  );
}

function contact({ name, phones, emails }: Contact, speech: Speech): HTMLElement {
  const ways = [...phones.map((one) => ["tel:", one]), ...emails.map((one) => ["mailto:", one])];
  return el(
    "div",
    { class: "file", "data-testid": "contact" },
    contactIcon(20),
    el(
      "span",
      { class: "file-words" },
      el("span", { class: "file-name", dir: "auto" }, name),
      ...ways.map(([scheme = "", one = ""]) =>
        el("span", { class: "file-note" }, el("a", { href: scheme + encodeURIComponent(one.replace(/\s/g, "")).replace("%2B", "+").replace("%40", "@"), dir: "ltr" }, one)),
      ),
      el("span", { class: "file-note" }, el("a", { href: vcard(name, phones, emails), download: `${name}.vcf` }, speech.t("saveContact"))),
    ),
  );
}

/** RFC 2426; every address book takes it. */
function vcard(name: string, phones: string[], emails: string[]): string {
  const line = (field: string, value: string) => `${field}:${value.replace(/\s+/g, " ").replace(/[\\,;]/g, "\\$&")}`;
  const each = (field: string, values: string[]) => values.map((value) => line(field, value));
  const card = ["BEGIN:VCARD", "VERSION:3.0", line("FN", name), line("N", name).replace(":", ":;"), ...each("TEL", phones), ...each("EMAIL", emails), "END:VCARD", ""];
  return `data:text/vcard;charset=utf-8,${encodeURIComponent(card.join("\r\n"))}`;
}
