// Lets the keyboard reach the component that can carry a command out.

import { useLayoutEffect, useRef } from "preact/hooks";

export type CommandName = "next" | "previous" | "take" | "reply" | "release" | "close" | "search" | "help" | "context"
  | "attach" | "snooze" | "filters";

const handlers = new Map<CommandName, Set<() => void>>();

export function emit(name: CommandName): void {
  for (const handler of [...(handlers.get(name) ?? [])]) handler();
}

export function useCommand(name: CommandName, handler: () => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  // Before the next frame: "take" draws the composer and at once asks it to reply.
  useLayoutEffect(() => {
    const call = (): void => latest.current();
    const known = handlers.get(name) ?? new Set();
    handlers.set(name, known.add(call));
    return () => {
      known.delete(call);
    };
  }, [name]);
}
