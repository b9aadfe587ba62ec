/** Choosing, dropping and pasting files, and the tray that shows how they fare. */
import type { Attached, Tray, Trouble } from "../chat/tray";
import { closeIcon, el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";
import { fileIconOf, kindOf } from "./files";
import { againIcon, attachIcon } from "./icons";

const TROUBLES: Record<Trouble, Sentence> = {
  too_large: "fileTooLarge", file_type: "fileType", file_infected: "fileInfected", file_broken: "fileBroken",
  rate_limited: "fileLimited", empty: "fileEmpty", lost: "fileLost", failed: "fileFailed",
};
const PREVIEW = 40;

export class Attach {
  readonly button: HTMLButtonElement;
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list = el("ul", { class: "tray", "data-testid": "tray", hidden: true });
  private readonly said = el("span", { class: "hidden", role: "status" });
  private readonly previews = new Map<string, HTMLCanvasElement>();

  constructor(
    private readonly tray: Tray,
    private readonly speech: Speech,
    private readonly tell: (text: string) => void,
    private readonly removed: () => void,
  ) {
    this.input = el("input", { type: "file", multiple: true, hidden: true, tabindex: -1, "data-testid": "file-input" });
    this.input.addEventListener("change", () => {
      this.add(this.input.files ?? []);
      this.input.value = "";
    });
    this.button = el("button", { type: "button", class: "attach", "data-testid": "attach", click: () => this.input.click() }, attachIcon(20));
    this.element = el("div", { class: "tray-place" }, this.list, this.said, this.input);
    tray.listen(() => this.render());
    speech.bind(() => {
      this.button.setAttribute("aria-label", speech.t("attach"));
      this.button.title = speech.t("attach");
      this.render();
    });
  }

  add(files: Iterable<File>): void {
    if (!this.tray.add(files)) this.tell(this.speech.t("tooMany"));
  }

  render(): void {
    const { items, limits } = this.tray;
    this.button.hidden = limits === null;
    this.input.accept = limits?.types.join(",") ?? "";
    this.list.hidden = items.length === 0;
    for (const key of this.previews.keys()) if (!items.some((item) => item.key === key)) this.previews.delete(key);
    const root = this.list.getRootNode() as ShadowRoot | Document;
    const focused = (root.activeElement as HTMLElement | null)?.dataset.key;
    this.list.replaceChildren(...items.map((item) => this.chip(item)));
    if (focused) this.list.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    const trouble = items.filter((item) => item.trouble).map((item) => `${item.name}: ${this.note(item)}`).join(" ");
    if (this.said.textContent !== trouble) this.said.textContent = trouble;
  }

  private chip(item: Attached): HTMLElement {
    const again = item.trouble && item.source && (item.trouble === "failed" || item.trouble === "rate_limited");
    const sending = !item.file && !item.trouble;
    return el(
      "li",
      { class: `chip${item.trouble ? " chip-trouble" : ""}`, "data-testid": "attached", "data-state": item.trouble ?? (item.file ? "kept" : "sending") },
      this.preview(item),
      el(
        "span",
        { class: "file-words" },
        el("span", { class: "file-name", dir: "auto" }, item.name),
        el("span", { class: "file-note" }, this.note(item)),
        sending ? el("progress", { max: 1, value: item.progress, "aria-label": item.name }) : null,
      ),
      again ? this.act(`again ${item.key}`, "retryFile", item, againIcon(16), () => this.tray.retry(item.key)) : null,
      this.act(item.key, "removeFile", item, closeIcon(16), () => {
        this.tray.remove(item.key);
        this.removed();
      }),
    );
  }

  private act(key: string, label: Sentence, item: Attached, icon: SVGSVGElement, click: () => void): HTMLElement {
    const name = this.speech.t(label, { name: item.name });
    return el("button", { type: "button", class: "chip-act", "data-key": key, "aria-label": name, title: name, click }, icon);
  }

  private note(item: Attached): string {
    if (item.trouble) {
      const max = this.speech.size(this.tray.limits?.max_bytes ?? 0);
      return this.speech.t(TROUBLES[item.trouble], { max });
    }
    return item.file ? this.speech.size(item.size) : this.speech.t(navigator.onLine === false ? "fileWaiting" : "fileSending");
  }

  /** Drawn, not linked: a page's strict policy lets no blob: image through. */
  private preview(item: Attached): Element {
    const kind = item.file?.kind ?? kindOf(item.source?.type ?? "");
    const known = this.previews.get(item.key);
    if (known) return known;
    const { source } = item;
    if (kind !== "image" || !source || source.size > 30e6 || typeof createImageBitmap !== "function") return fileIconOf(kind);
    const canvas = el("canvas", { class: "chip-preview", width: PREVIEW * 2, height: PREVIEW * 2, "aria-hidden": "true" });
    this.previews.set(item.key, canvas);
    createImageBitmap(source).then((image) => {
      const side = Math.min(image.width, image.height);
      const [x, y] = [(image.width - side) / 2, (image.height - side) / 2];
      canvas.getContext("2d")?.drawImage(image, x, y, side, side, 0, 0, canvas.width, canvas.height);
      image.close();
    }).catch(() => canvas.replaceWith(fileIconOf(kind)));
    return canvas;
  }
}

/** Lets files be dropped anywhere on the panel, and pasted into the field. */
export function takeFiles(panel: HTMLElement, field: HTMLElement, speech: Speech, attach: Attach): void {
  const veil = el("div", { class: "veil", hidden: true, "aria-hidden": "true" });
  let depth = 0;
  const hasFiles = (event: DragEvent) => !attach.button.hidden && (event.dataTransfer?.types.includes("Files") ?? false);
  const show = (shown: boolean) => {
    veil.hidden = !shown;
    if (!shown) depth = 0;
  };
  speech.bind(() => (veil.textContent = speech.t("dropHere")));
  panel.append(veil);
  panel.addEventListener("dragenter", (event) => hasFiles(event) && (depth++, show(true)));
  panel.addEventListener("dragleave", (event) => hasFiles(event) && --depth <= 0 && show(false));
  panel.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  panel.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(false);
    attach.add(event.dataTransfer?.files ?? []);
  });
  field.addEventListener("paste", (event) => {
    const pasted = event.clipboardData;
    // A spreadsheet's cells come as text and as a picture: the text is what was meant.
    if (!pasted?.files.length || attach.button.hidden || pasted.types.includes("text/plain")) return;
    event.preventDefault();
    attach.add(pasted.files);
  });
}
