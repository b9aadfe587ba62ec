/** Files of a message: pictures in a room kept for them, everything else as a row that says what it is. */
import type { FileKind, FileRef } from "../chat/protocol";
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { audioIcon, documentIcon, fileIcon, imageIcon, videoIcon } from "./icons";
import { cardAddress, link } from "./text";

const WIDEST = 260;
const TALLEST = 300;
const ICONS: Record<FileKind, (size?: number) => SVGSVGElement> = {
  image: imageIcon, document: documentIcon, audio: audioIcon, video: videoIcon, other: fileIcon,
};
const GONE: Record<string, Sentence> = {
  too_large: "goneTooLarge", type: "goneType", infected: "goneInfected", broken: "goneBroken",
};

/** `broken` is called when an address no longer works: it was signed for an hour. */
export function files(list: FileRef[], base: string, speech: Speech, broken: () => void): HTMLElement {
  const box = el("div", { class: "files" });
  for (const file of list) {
    const address = file.state === "kept" ? cardAddress(file.url, base) : null;
    box.append(address && file.kind === "image" ? picture(file, address, speech, broken) : row(file, address, speech));
  }
  return box;
}

export function fileIconOf(kind: FileKind, size = 20): SVGSVGElement {
  return ICONS[kind](size);
}

/** What a chosen file is, before the server has looked at it. */
export function kindOf(type: string): FileKind {
  const family = type.split("/")[0] ?? "";
  if (family === "image" || family === "audio" || family === "video") return family;
  return type === "application/pdf" || family === "text" ? "document" : "other";
}

function picture(file: FileRef, address: string, speech: Speech, broken: () => void): HTMLElement {
  const { width, height } = fitted(file.width, file.height);
  const image = el("img", { src: address, alt: file.name, width, height, loading: "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  image.addEventListener("error", broken, { once: true });
  const anchor = link(address, image, el("span", { class: "hidden" }, speech.t("newTab")));
  anchor.className = "picture";
  anchor.dataset.testid = "file";
  anchor.title = speech.t("openFile", { name: file.name });
  return anchor;
}

function row(file: FileRef, address: string | null, speech: Speech): HTMLElement {
  const inside = [
    fileIconOf(file.kind),
    el("span", { class: "file-words" }, el("span", { class: "file-name", dir: "auto" }, file.name), el("span", { class: "file-note" }, note(file, speech))),
  ];
  if (!address) return el("div", { class: `file file-${file.state}`, "data-testid": "file" }, ...inside);
  const anchor = link(address, ...inside, el("span", { class: "hidden" }, speech.t("newTab")));
  anchor.className = "file";
  anchor.dataset.testid = "file";
  return anchor;
}

function note(file: FileRef, speech: Speech): string {
  if (file.state === "pending") return speech.t("arriving");
  if (file.state !== "kept") return speech.t(GONE[file.refused ?? ""] ?? "gone");
  const kind = /\.([a-z0-9]{2,5})$/i.exec(file.name)?.[1]?.toUpperCase();
  return [kind, speech.size(file.size)].filter(Boolean).join(" · ");
}

/** The size on screen, known before the picture is here, so that nothing jumps when it comes. */
export function fitted(width: number | null, height: number | null): { width: number; height: number } {
  if (!width || !height) return { width: WIDEST, height: Math.round((WIDEST * 3) / 4) };
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
