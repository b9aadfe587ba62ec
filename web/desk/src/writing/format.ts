// What the tools of the composer do to its text: marks around what is chosen, lists, links.

export interface Typed {
  text: string;
  /** What is chosen in it. */
  start: number;
  end: number;
}

export type Tool = "bold" | "italic" | "list" | "link";

const SIGNS: Record<"bold" | "italic", string> = { bold: "**", italic: "_" };

export function applied(tool: Tool, typed: Typed): Typed {
  if (tool === "list") return listed(typed);
  return tool === "link" ? linked(typed) : marked(typed, SIGNS[tool]);
}

/** Puts signs around what is chosen, or takes them off again. */
function marked({ text, start, end }: Typed, sign: string): Typed {
  // A mark begins and ends at a letter, and on one line.
  const chosen = text.slice(start, end);
  const left = chosen.length - chosen.trimStart().length;
  const from = start + (chosen.trim() ? left : 0);
  const to = chosen.trim() ? from + chosen.trim().length : end;
  const around = text.slice(from - sign.length, from) === sign && text.slice(to, to + sign.length) === sign;
  if (around) {
    return { text: text.slice(0, from - sign.length) + text.slice(from, to) + text.slice(to + sign.length), start: from - sign.length, end: to - sign.length };
  }
  const inner = text.slice(from, to).split("\n").map((line) => (line.trim() ? sign + line + sign : line)).join("\n") || sign + sign;
  const whole = text.slice(0, from) + inner + text.slice(to);
  const first = from + sign.length;
  return { text: whole, start: first, end: first + Math.max(0, inner.length - 2 * sign.length) };
}

/** Every chosen line as a point of a list, or none of them any more. */
function listed({ text, start, end }: Typed): Typed {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const after = text.indexOf("\n", end);
  const to = after < 0 ? text.length : after;
  const lines = text.slice(from, to).split("\n");
  const points = lines.every((line) => line.startsWith("- ") || !line.trim()) && lines.some((line) => line.trim());
  const made = lines.map((line) => (points ? line.replace(/^- /, "") : line.trim() || lines.length === 1 ? `- ${line}` : line)).join("\n");
  const whole = text.slice(0, from) + made + text.slice(to);
  return { text: whole, start: lines.length > 1 ? from : from + made.length, end: from + made.length };
}

/** `[words](https://)`, with the address to be typed, or the words where an address was chosen. */
function linked({ text, start, end }: Typed): Typed {
  const chosen = text.slice(start, end).replace(/\s+/g, " ").trim();
  const address = /^https?:\/\/\S+$/.test(chosen);
  const made = address ? `[](${chosen})` : `[${chosen}](https://)`;
  const whole = text.slice(0, start) + made + text.slice(end);
  const at = address || !chosen ? start + 1 : start + made.length - 1;
  return { text: whole, start: at, end: at };
}

/** The tool that a key in the composer asks for. */
export function toolFor(event: { key: string; ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean; shiftKey?: boolean }): Tool | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (event.shiftKey) return key === "l" ? "list" : key === "u" ? "link" : null;
  return key === "b" ? "bold" : key === "i" ? "italic" : null;
}
