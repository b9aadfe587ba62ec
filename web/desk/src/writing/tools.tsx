// The tools of the composer: marks by button or key, and emoji.

import { Bold, Italic, Link2, List, Smile, Type, type LucideIcon } from "lucide-preact";
import { useState } from "preact/hooks";
import { IconButton } from "../ui/bits";
import { isMine, register, useCommand } from "../ui/commands";
import { useLanguage, useText } from "../ui/hooks";
import { later } from "../ui/later";
import { applied, toolFor, type Tool } from "./format";
import { KEYS, TOOLS } from "./words";

const EmojiPicker = later(() => import("./emoji").then((module) => module.EmojiPicker));
const ICONS: Record<Tool, LucideIcon> = { bold: Bold, italic: Italic, list: List, link: Link2 };
const may = "conversations.write";

register(
  { id: "emoji", group: "write", words: { fr: "Insérer un émoji", en: "Insert an emoji" }, also: { fr: "smiley sourire", en: "smiley" }, shortcut: "Alt+E", may, when: isMine },
  ...(["bold", "italic", "list", "link"] as const).map((tool) => ({
    id: `composer.${tool}`, group: "write" as const, words: { fr: TOOLS.fr[tool], en: TOOLS.en[tool] }, may, local: true,
    shortcut: { bold: "Mod+B", italic: "Mod+I", list: "Mod+Shift+L", link: "Mod+Shift+U" }[tool],
  })),
);

interface ToolsProps {
  field: { current: HTMLTextAreaElement | null };
  onWrite(text: string): void;
}

export function useTools({ field, onWrite }: ToolsProps) {
  const t = useText();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const [picking, setPicking] = useState(false);
  const put = (text: string, start: number, end: number): void => {
    onWrite(text);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(start, end);
    });
  };
  const use = (tool: Tool): void => {
    const box = field.current;
    if (!box) return;
    const made = applied(tool, { text: box.value, start: box.selectionStart, end: box.selectionEnd });
    put(made.text, made.start, made.end);
  };
  const insert = (emoji: string): void => {
    const box = field.current;
    if (!box) return;
    const at = box.selectionStart;
    put(box.value.slice(0, at) + emoji + box.value.slice(box.selectionEnd), at + emoji.length, at + emoji.length);
    setPicking(false);
  };
  useCommand("emoji", () => setPicking(true));
  const close = (): void => {
    setPicking(false);
    field.current?.focus();
  };
  return {
    key: (event: KeyboardEvent): boolean => {
      const tool = event.isComposing ? null : toolFor(event);
      if (!tool) return false;
      event.preventDefault();
      use(tool);
      return true;
    },
    picker: picking && <EmojiPicker onChoose={insert} onClose={close} />,
    buttons: (
      <span class="writing-tools" role="group" aria-label={t.sorting.tools}>
        <IconButton icon={Type} label={t.sorting.tools} pressed={open} testId="tools" onClick={() => setOpen(!open)} />
        {open && (Object.keys(ICONS) as Tool[]).map((tool) => (
          <IconButton key={tool} icon={ICONS[tool]} label={TOOLS[language][tool]} hint={KEYS[tool]} testId={`tool-${tool}`} onClick={() => use(tool)} />
        ))}
        <IconButton icon={Smile} label={t.sorting.emoji} hint="Alt + E" pressed={picking} testId="emoji" onClick={() => (picking ? close() : setPicking(true))} />
      </span>
    ),
  };
}
