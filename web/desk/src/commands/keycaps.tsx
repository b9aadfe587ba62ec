// How a shortcut is written: as on the keys, and as the platform calls them.

import { parsed } from "../keys";
import type { Dictionary } from "../i18n";
import { Key } from "../ui/bits";
import { useText } from "../ui/hooks";

export function onMac(platform: string = navigator.platform): boolean {
  return /mac|iphone|ipad/i.test(platform);
}

/** "Mod+K" as "Ctrl + K", on a Mac as "⌘ K". */
export function written(shortcut: string, t: Dictionary, mac: boolean = onMac()): string {
  const { key, mod, alt, shift } = parsed(shortcut);
  const names: Record<string, string> = t.working.keys;
  const held = [
    mod && (mac ? "⌘" : names.ctrl), alt && (mac ? "⌥" : names.alt), shift && (mac ? "⇧" : names.shift),
  ].filter(Boolean);
  const last = names[key] ?? (held.length > 0 ? key.toUpperCase() : key);
  return [...held, last].join(mac ? "\u00a0" : " + ");
}

/** What `aria-keyshortcuts` says. */
export function spoken(shortcut: string, mac: boolean = onMac()): string {
  return shortcut.replace("Mod", mac ? "Meta" : "Control");
}

export function Keycaps({ shortcuts }: { shortcuts: readonly string[] }) {
  const t = useText();
  return (
    <>
      {shortcuts.map((one, index) => (
        <span key={one}>{index > 0 && ` ${t.working.sheet.or} `}<Key>{written(one, t)}</Key></span>
      ))}
    </>
  );
}
