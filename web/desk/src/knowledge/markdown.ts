// What the buttons above a text do to it: each takes the text and what is chosen, and says what to put where.

export interface Chosen {
  text: string;
  from: number;
  to: number;
}

/** `put` takes the place of what stands from `from` to `to`; then `select` is chosen, counted from the text's beginning. */
export interface Edit {
  from: number;
  to: number;
  put: string;
  select: [number, number];
}

export type Callout = "note" | "tip" | "warning";

/** Marks around what is chosen (or around `empty`), taken away again when they are there. */
export function around({ text, from, to }: Chosen, mark: string, empty: string): Edit {
  const size = mark.length;
  if (text.slice(from - size, from) === mark && text.slice(to, to + size) === mark) {
    return { from: from - size, to: to + size, put: text.slice(from, to), select: [from - size, to - size] };
  }
  const inner = text.slice(from, to) || empty;
  return { from, to, put: mark + inner + mark, select: [from + size, from + size + inner.length] };
}

/** Every chosen line with a beginning; without it when all have it. */
export function beginning({ text, from, to }: Chosen, prefix: (line: number) => string, known: RegExp): Edit {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const found = text.indexOf("\n", to);
  const end = found < 0 ? text.length : found;
  const rows = text.slice(start, end).split("\n");
  const all = rows.every((row) => known.test(row));
  const put = rows.map((row, index) => (all ? row.replace(known, "") : prefix(index) + row.replace(known, ""))).join("\n");
  return { from: start, to: end, put, select: [start, start + put.length] };
}

export const heading = (chosen: Chosen): Edit => beginning(chosen, () => "## ", /^#{1,6} +/);
export const bullets = (chosen: Chosen): Edit => beginning(chosen, () => "- ", /^[-*] +/);
export const numbers = (chosen: Chosen): Edit => beginning(chosen, (line) => `${line + 1}. `, /^\d+\. +/);

export function callout(chosen: Chosen, kind: Callout, empty: string): Edit {
  const inner = chosen.text.slice(chosen.from, chosen.to) || empty;
  const head = `> [!${kind.toUpperCase()}]\n`;
  const put = head + inner.split("\n").map((row) => `> ${row}`).join("\n");
  return block(chosen, put, [head.length + 2, put.length]);
}

export function table(chosen: Chosen, column: (n: number) => string): Edit {
  const put = `| ${column(1)} | ${column(2)} |\n|---|---|\n|   |   |\n|   |   |`;
  return block(chosen, put, [2, 2 + column(1).length]);
}

export function inline({ from, to }: Chosen, put: string): Edit {
  return { from, to, put, select: [from + put.length, from + put.length] };
}

/** A link that follows the article: what is chosen are its words, else it shows the article's title of the day. */
export function articleLink(chosen: Chosen, key: string): Edit {
  return inline(chosen, `[${chosen.text.slice(chosen.from, chosen.to)}](/articles/${key})`);
}

export function picture(chosen: Chosen, id: string, alt: string): Edit {
  return block(chosen, `![${alt.replace(/[[\]\\]/g, "").replace(/\s+/g, " ").trim()}](/files/${id})`);
}

/** On lines of its own, with an empty one before and after. */
function block({ text, from, to }: Chosen, put: string, inside: [number, number] | null = null): Edit {
  const before = text.slice(0, from);
  const after = text.slice(to);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const at = from + lead.length;
  const [first, last] = inside ?? [put.length, put.length];
  return { from, to, put: lead + put + tail, select: [at + first, at + last] };
}
