// Carrying a card with the pointer: at once with a mouse, after a moment's rest with a finger, so that one can scroll.

import { useEffect, useRef, useState, type MutableRef } from "preact/hooks";

const MOVED = 6;
const REST = 320;
const EDGE = 56;
const PACE = 8;

export interface Carried {
  id: string;
  x: number;
  y: number;
  over: string | null;
}

interface Hands {
  picked(id: string): void;
  dropped(id: string, over: string | null): void;
}

/** What is carried now, once the board is `ready`. Cards are found by `data-card`, columns by `data-status`. */
export function useCarrying(board: MutableRef<HTMLElement | null>, ready: boolean, hands: Hands): Carried | null {
  const [carried, carry] = useState<Carried | null>(null);
  const latest = useRef(hands);
  latest.current = hands;
  useEffect(() => {
    const box = board.current;
    if (!box) return undefined;
    let held: { id: string; x: number; y: number; pointer: number; timer: ReturnType<typeof setTimeout> | undefined } | null = null;
    let now: Carried | null = null;
    let frame = 0;
    const over = (x: number, y: number): string | null => document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-status]")?.dataset.status ?? null;
    const show = (next: Carried | null): void => carry((now = next));
    const begin = (): void => {
      if (!held) return;
      latest.current.picked(held.id);
      show({ id: held.id, x: held.x, y: held.y, over: over(held.x, held.y) });
    };
    const end = (): void => {
      clearTimeout(held?.timer);
      cancelAnimationFrame(frame);
      frame = 0;
      held = null;
      show(null);
    };
    // At an edge the board goes on as long as the card is held there, also by a finger that rests.
    const drift = (): void => {
      frame = 0;
      if (!now) return;
      const sides = box.getBoundingClientRect();
      const by = now.x < Math.max(0, sides.left) + EDGE ? -PACE : now.x > Math.min(innerWidth, sides.right) - EDGE ? PACE : 0;
      if (by === 0) return;
      const before = box.scrollLeft;
      box.scrollLeft += by;
      if (box.scrollLeft === before) return;
      show({ ...now, over: over(now.x, now.y) });
      frame = requestAnimationFrame(drift);
    };
    const down = (event: PointerEvent): void => {
      // A second finger does not take what the first one carries.
      if (now) return;
      const target = event.target as HTMLElement;
      const card = target.closest<HTMLElement>("[data-card]");
      if (!card || event.button !== 0 || target.closest("button")) return;
      const finger = event.pointerType !== "mouse";
      clearTimeout(held?.timer);
      held = { id: card.dataset.card ?? "", x: event.clientX, y: event.clientY, pointer: event.pointerId, timer: finger ? setTimeout(begin, REST) : undefined };
    };
    const moved = (event: PointerEvent): void => {
      if (!held || event.pointerId !== held.pointer) return;
      const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > MOVED;
      if (!now) {
        // A finger that moves before it has rested scrolls.
        if (far && event.pointerType !== "mouse") end();
        else if (far) begin();
        return;
      }
      show({ ...now, x: event.clientX, y: event.clientY, over: over(event.clientX, event.clientY) });
      frame ||= requestAnimationFrame(drift);
    };
    const up = (event: PointerEvent): void => {
      if (held?.pointer !== event.pointerId) return;
      const done = now && { ...now, over: over(event.clientX, event.clientY) };
      end();
      if (done) {
        // Letting go is no click on the card.
        addEventListener("click", swallow, { capture: true, once: true });
        setTimeout(() => removeEventListener("click", swallow, { capture: true }));
        latest.current.dropped(done.id, done.over);
      }
    };
    const swallow = (event: Event): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    const hold = (event: Event): void => {
      if (now || (held && event.type === "contextmenu")) event.preventDefault();
    };
    const back = (): void => {
      const id = now?.id;
      end();
      if (id !== undefined) latest.current.dropped(id, null);
    };
    // The browser may take the finger for its own, a call that comes in may too: the card goes back.
    const cancelled = (event: PointerEvent): void => {
      if (held?.pointer === event.pointerId) back();
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || !now) return;
      event.preventDefault();
      back();
    };
    const still = (event: Event): void => event.preventDefault();
    box.addEventListener("pointerdown", down);
    box.addEventListener("touchmove", hold, { passive: false });
    box.addEventListener("contextmenu", hold);
    box.addEventListener("dragstart", still);
    addEventListener("pointermove", moved);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancelled);
    addEventListener("keydown", escape, { capture: true });
    return () => {
      clearTimeout(held?.timer);
      cancelAnimationFrame(frame);
      box.removeEventListener("pointerdown", down);
      box.removeEventListener("touchmove", hold);
      box.removeEventListener("contextmenu", hold);
      box.removeEventListener("dragstart", still);
      removeEventListener("pointermove", moved);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancelled);
      removeEventListener("keydown", escape, { capture: true });
    };
  }, [ready]);
  return carried;
}
