// What the report page is made of: how wide a drawing is, the words, a panel with its heading.

import type { ComponentChildren, Ref } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useLanguage } from "../ui/hooks";
import { en, type Words } from "./words.en";
import { fr } from "./words.fr";

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}

/** A reference for an element, and how wide it is now. */
export function useWidth(first: number) {
  const place = useRef<HTMLDivElement>(null);
  const [width, set] = useState(first);
  useEffect(() => {
    const box = place.current;
    if (!box || typeof ResizeObserver === "undefined") return undefined;
    const look = new ResizeObserver(() => box.clientWidth > 0 && set(box.clientWidth));
    look.observe(box);
    return () => look.disconnect();
  }, []);
  return [place, width] as const;
}

interface PanelProps {
  title: string;
  action?: ComponentChildren;
  children: ComponentChildren;
  testId?: string;
  class?: string;
  /** The heading, for who sends the focus there. */
  heading?: Ref<HTMLHeadingElement>;
}

export function Panel({ title, action, children, testId, heading, ...rest }: PanelProps) {
  const id = useId();
  return (
    <section class={`rep-panel ${rest.class ?? ""}`} aria-labelledby={id} data-testid={testId}>
      <header class="rep-panel-top"><h2 ref={heading} id={id} tabIndex={heading ? -1 : undefined}>{title}</h2>{action}</header>
      {children}
    </section>
  );
}

/** Where a table is wider than the page it moves by itself, also by keyboard. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return <div class="rep-wide" role="group" aria-label={label} tabIndex={0}>{children}</div>;
}
