/** Places and people's details that somebody shared: words and a link, never a map of someone else's. */
import type { Contact, Place } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import { contactIcon, placeIcon } from "./icons";
import { link } from "./text";

export function place({ latitude, longitude, name, address }: Place, speech: Speech): HTMLElement {
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
      el("span", { class: "file-note" }, name && address ? `${address} · ` : `${at} · `, map),
    ),
  );
}

export function contact({ name, phones, emails }: Contact): HTMLElement {
  return el(
    "div",
    { class: "file", "data-testid": "contact" },
    contactIcon(20),
    el("span", { class: "file-words" }, el("span", { class: "file-name", dir: "auto" }, name), el("span", { class: "file-note" }, [...phones, ...emails].join(" · "))),
  );
}
