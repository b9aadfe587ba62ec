/** A field of a form: its label, what is typed, and a sentence below it once it is found wrong. */
import { el } from "../dom";
import type { Speech } from "../i18n";
import type { Sentence } from "../i18n/words";

export type Input = HTMLInputElement | HTMLTextAreaElement;

export interface Field {
  input: Input;
  element: HTMLElement;
  /** Whether it is right; says what is wrong below it, until it is not. */
  check(): boolean;
}

/** What an e-mail address has to look like for us to try it; the server looks closer (crm_backend/customers/emails.py). */
export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/;

/** What is typed is kept in `typed` under the field's name: it outlasts being drawn again. */
export function fieldOf(
  speech: Speech, form: string, name: string, input: Input, typed: Record<string, string>,
  label: Sentence, wrong: Sentence, right: (value: string) => boolean,
): Field {
  const id = `relais-${form}-${name}`;
  const note = el("p", { class: "trouble", id: `${id}-note` });
  const check = () => {
    const good = right(input.value.trim());
    input.setAttribute("aria-invalid", String(!good));
    note.textContent = good ? "" : speech.t(wrong);
    return good;
  };
  input.id = id;
  input.className = "input";
  input.dataset.testid = `${form}-${name}`;
  input.setAttribute("aria-describedby", note.id);
  input.value = typed[name] ?? "";
  input.addEventListener("input", () => {
    typed[name] = input.value;
    // A field that was found wrong says at once when it is right.
    if (note.textContent) check();
  });
  const element = el("div", { class: "asked before-field" }, el("label", { class: "label", for: id }, speech.t(label)), input, note);
  return { input, element, check };
}
