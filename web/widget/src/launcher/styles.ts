/** Styles inside the shadow root, by means a strict Content-Security-Policy allows. */
import { accentTokens, parseHex, type AccentTokens } from "@shared/colour";

export function addStyles(root: ShadowRoot, css: string, nonce: string): (css: string) => void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return (next) => sheet.replaceSync(next);
  } catch {
    // Browsers before constructable stylesheets (Safari 16.3): the nonce is what the CSP may ask for.
    const style = document.createElement("style");
    style.nonce = nonce;
    style.textContent = css;
    root.append(style);
    return (next) => (style.textContent = next);
  }
}

/** `darkHex` is for dark pages; without it the same accent is made readable there. */
export function accentStyles(hex: string | null, darkHex: string | null = null): string {
  const accent = parseHex(hex);
  if (!accent) return "";
  const list = (tokens: AccentTokens) => Object.entries(tokens).map(([name, value]) => `--r-${name}:${value};`).join("");
  const dark = list(accentTokens(parseHex(darkHex) ?? accent, true));
  const light = list(accentTokens(accent, false));
  // The same selectors as in tokens.css, or its dark values would win.
  return (
    `:host{${light}}@media(prefers-color-scheme:dark){:host(:not([data-theme="light"])){${dark}}}` +
    `:host([data-theme="dark"]){${dark}}`
  );
}
