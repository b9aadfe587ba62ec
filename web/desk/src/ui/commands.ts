// What the desk can be told to do: each command with its words, its key and when it makes sense. The keyboard, the
// palette and the sheet of shortcuts read this one list, so that none of them can say what another does not do.
//
// A feature registers its commands where it lives, once, when its module is loaded:
//
//   register({ id: "note", group: "write", words: { fr: "Écrire une note privée", en: "Write a private note" },
//     also: { fr: "interne commentaire", en: "internal comment" }, shortcut: "n", may: "conversations.write", when: isMine });
//
// and either gives `run`, or has the component that can do it say so while it is drawn: useCommand("note", open).

import { useLayoutEffect, useRef } from "preact/hooks";
import type { State } from "../state/state";
import type { Agent, Language } from "../types";
import type { Desk } from "../work/desk";

export type CommandName = string;

export type Words = Readonly<Record<Language, string>>;

/** Under which heading it stands, in the palette and on the sheet. */
export type CommandGroup = "move" | "conversation" | "write" | "tabs" | "pages" | "desk";

export interface Command {
  /** Unique; what `emit` and `useCommand` know it by. */
  id: CommandName;
  group: CommandGroup;
  words: Words;
  /** Other words by which one may look for it. */
  also?: Words;
  /**
   * One key outside of fields ("n", "?", "5"), or with modifiers ("Shift+N", "Alt+ArrowDown", "Mod+K", where Mod is
   * Ctrl, on a Mac Cmd). With Alt or Mod it works inside fields too. The first is shown where there is room for one.
   */
  shortcut?: string | readonly string[];
  /** The permission it needs, or what decides. */
  may?: string | ((agent: Agent) => boolean);
  /** Whether it makes sense now; the palette leaves it out otherwise, and its key does nothing. */
  when?: (state: State) => boolean;
  /** Carries it out; without it, whoever said `useCommand` does. */
  run?: (desk: Desk) => void;
  /** The part of the page that has the focus listens to the key itself: told on the sheet, and nowhere else. */
  local?: boolean;
}

const known = new Map<CommandName, Command>();
const handlers = new Map<CommandName, Set<() => void>>();

/** Makes commands known. One with the same name takes the place of the one before. */
export function register(...commands: readonly Command[]): void {
  for (const command of commands) known.set(command.id, command);
}

/** Every command, in the order in which they were made known. */
export function allCommands(): Command[] {
  return [...known.values()];
}

/** Whether the agent's role permits it. */
export function permitted({ may }: Command, agent: Agent | null): boolean {
  if (may === undefined) return true;
  if (!agent) return false;
  return typeof may === "string" ? agent.permissions.includes(may) : may(agent);
}

/** Whether it can be carried out here and now: permitted, sensible, and by somebody. */
export function available(command: Command, state: State): boolean {
  if (command.local || !permitted(command, state.agent)) return false;
  if (command.when && !command.when(state)) return false;
  return command.run !== undefined || (handlers.get(command.id)?.size ?? 0) > 0;
}

export function perform(command: Command, desk: Desk): void {
  if (command.run) command.run(desk);
  else emit(command.id);
}

/** Every key of a command. */
export function shortcutsOf({ shortcut }: Command): readonly string[] {
  if (shortcut === undefined) return [];
  return typeof shortcut === "string" ? [shortcut] : shortcut;
}

/** For `when`: a conversation is open and the agent has it. */
export function isMine({ page, open, agent }: State): boolean {
  const owner = open?.summary?.owner;
  return page === "conversations" && owner?.kind === "agent" && owner.id === agent?.id;
}

/** For `when`: a conversation is open. */
export function isOpen({ page, open }: State): boolean {
  return page === "conversations" && Boolean(open?.summary);
}

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
