/** Colour arithmetic: makes any company's accent readable (WCAG 2 contrast). */
export type Rgb = readonly [number, number, number];

export function parseHex(value: string | null | undefined): Rgb | null {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec((value ?? "").trim());
  if (!match?.[1]) return null;
  const hex = match[1].length === 3 ? match[1].replace(/./g, "$&$&") : match[1];
  const n = parseInt(hex, 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function toHex(rgb: Rgb): string {
  return "#" + rgb.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("");
}

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

export function mix(from: Rgb, to: Rgb, part: number): Rgb {
  return from.map((channel, i) => channel + ((to[i] ?? 0) - channel) * part) as unknown as Rgb;
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const INK: Rgb = [31, 29, 26];

/** Moves `colour` towards `end` until it reads on `ground`. */
function until(colour: Rgb, end: Rgb, ground: Rgb, ratio: number): Rgb {
  for (let step = 0; step < 20; step++) {
    const tried = mix(colour, end, step / 20);
    if (contrast(tried, ground) >= ratio) return tried;
  }
  return end;
}

export interface AccentTokens {
  accent: string;
  "accent-strong": string;
  "on-accent": string;
  "accent-text": string;
  "accent-soft": string;
  selected: string;
  focus: string;
}

/** Every accent token from one colour, for light or dark pages; `server/help/colours.py` makes the same. */
export function accentTokens(accent: Rgb, dark: boolean): AccentTokens {
  // The surface of tokens.css.
  const ground: Rgb = dark ? [27, 29, 31] : WHITE;
  // White is what people expect on a colour: dark ink only where white cannot be read.
  const on = contrast(WHITE, accent) >= 4.5 ? WHITE : contrast(INK, accent) >= 4.5 ? INK : WHITE;
  const away = on === WHITE ? BLACK : WHITE;
  const fill = until(accent, away, on, 4.5);
  const soft = mix(ground, accent, dark ? 0.35 : 0.1);
  // Thin coloured strokes on dark glare less and need more: 7:1 there. What is left on other grounds is 4.5:1 on each.
  const text = until(accent, dark ? WHITE : BLACK, soft, dark ? 7 : 5.4);
  return {
    accent: toHex(fill),
    "accent-strong": toHex(mix(fill, away, 0.15)),
    "on-accent": toHex(on),
    "accent-text": toHex(text),
    "accent-soft": toHex(soft),
    selected: toHex(soft),
    focus: toHex(text),
  };
}
