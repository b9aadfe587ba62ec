// Text as it is compared: without accents and capitals.

export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word of `wanted` begins somewhere in `text`. */
export function found(text: string, wanted: string): boolean {
  const whole = ` ${folded(text)}`;
  return folded(wanted).split(/\s+/).every((word) => whole.includes(word));
}
