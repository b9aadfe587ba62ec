// Where macros are called up: by key, by the palette, by the button of the composer.

import { Zap } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Summary } from "../types";
import { IconButton } from "../ui/bits";
import { emit, isMine, register, useCommand } from "../ui/commands";
import { useText } from "../ui/hooks";
import { later } from "../ui/later";

const MacroDialog = later(() => import("./dialog").then((module) => module.MacroDialog));

register({
  id: "macros", group: "write", words: { fr: "Exécuter une macro", en: "Run a macro" }, also: { fr: "automatiser actions séquence", en: "automate actions sequence" },
  shortcut: ["m", "Alt+M"], may: "conversations.write", when: isMine,
});

export function MacrosButton({ summary }: { summary: Summary }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  useCommand("macros", () => setOpen(true));
  const close = (insert: boolean): void => {
    setOpen(false);
    // Once the dialog has given the focus back.
    if (insert) setTimeout(() => emit("reply"));
  };
  return (
    <>
      <IconButton icon={Zap} label={t.sorting.macros} hint="m" testId="macros" onClick={() => setOpen(true)} />
      {open && <MacroDialog summary={summary} onClose={() => close(false)} onDone={close} />}
    </>
  );
}
