// Tags as they stand beside a name: their colour means something, and is never all there is to read.

import type { Tag } from "../types.sorting";
import { useText } from "../ui/hooks";

/** The first ones by name, the others as a number. */
export function TagChips({ tags, most = 2 }: { tags: Tag[] | undefined; most?: number }) {
  const t = useText();
  if (!tags?.length) return null;
  const others = tags.slice(most);
  return (
    <span class="tags-chips" data-testid="tags" title={tags.map(({ name }) => name).join(", ")}>
      <span class="sr">{t.sorting.tags} </span>
      {tags.slice(0, most).map((tag) => <span key={tag.id} class={`tags-chip tags-${tag.colour}`} dir="auto">{tag.name}</span>)}
      {others.length > 0 && <span class="tags-chip tags-plain">+{others.length}<span class="sr"> {others.map(({ name }) => name).join(", ")}</span></span>}
    </span>
  );
}
