// The tags of the open conversation, and the way to change them.

import { Tags } from "lucide-preact";
import { useState } from "preact/hooks";
import { Refused } from "../api";
import type { Summary } from "../types";
import type { Tag } from "../types.sorting";
import { Icon } from "../ui/bits";
import { isOpen, register, useCommand } from "../ui/commands";
import { useDesk, useMay, useText } from "../ui/hooks";
import { later } from "../ui/later";
import { TagChips } from "./chips";

const TagPicker = later(() => import("./picker").then((module) => module.TagPicker));

register({
  id: "tags", group: "conversation", words: { fr: "Étiqueter", en: "Tag" }, also: { fr: "étiquette mot-clé classer", en: "label keyword sort" }, shortcut: "l",
  may: "conversations.write", when: isOpen,
});

export function ConversationTags({ summary }: { summary: Summary }) {
  const desk = useDesk();
  const t = useText();
  const writes = useMay("conversations.write");
  const [open, setOpen] = useState(false);
  useCommand("tags", () => setOpen(true));
  const put = async (tag: Tag, on: boolean): Promise<void> => {
    try {
      const { conversation } = await desk.api.tag(summary.id, on ? { add: [tag.id] } : { remove: [tag.id] });
      desk.store.dispatch({ do: "conversation", summary: conversation });
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: error instanceof Refused ? error.detail : "" });
    }
  };
  return (
    <span class="tags-place">
      <TagChips tags={summary.tags} most={3} />
      {writes && (
        <button type="button" class="tags-add" aria-label={t.sorting.tag} title={`${t.sorting.tag} (l)`} data-testid="tag" onClick={() => setOpen(true)}>
          <Icon of={Tags} size={14} />
        </button>
      )}
      {open && <TagPicker title={t.sorting.tag} chosen={(summary.tags ?? []).map(({ id }) => id)} onChoose={put} onClose={() => setOpen(false)} />}
    </span>
  );
}
