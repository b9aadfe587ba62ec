// The keyboard map: which command a key asks for.

import { h, render } from "preact";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "../src/commands/known";
import { commandFor, matches, sends, type Key } from "../src/keys";
import { initial, reduce, type State } from "../src/state/state";
import { allCommands, available, register, shortcutsOf, useCommand } from "../src/ui/commands";
import { answer, claire, mine, summary } from "./shapes";

const admin = { ...claire, permissions: [...claire.permissions, "channels.configure", "deliveries.manage", "audit.read"] };

function working(owner: typeof mine | { kind: "queue"; id: null; name: null } = mine): State {
  const state = [
    { do: "signed in", agent: admin } as const, { do: "open", id: "x" } as const,
    { do: "opened", id: "x", answer: answer("x", { conversation: summary("x", { owner }) }) } as const,
  ].reduce(reduce, initial("fr"));
  return state;
}

/** Stands for the components that carry commands out. */
function Everything() {
  for (const { id } of allCommands()) useCommand(id, () => {});
  return null;
}

const place = document.createElement("div");
beforeAll(() => render(h(Everything, {}), place));
afterAll(() => render(null, place));

const asked = (key: Key, where: Partial<Parameters<typeof commandFor>[1]> = {}): string | null => {
  const found = commandFor(key, { typing: false, inList: false, state: working(), ...where });
  return found === null || found === "leave" ? found : found.id;
};

describe("outside of fields", () => {
  test.each([
    ["j", "next"], ["k", "previous"], ["t", "take"], ["r", "reply"], ["e", "release"], ["x", "close"], ["a", "attach"],
    ["c", "channels"], ["u", "undelivered"], ["/", "search"], ["z", "snooze"], ["f", "filters"], ["i", "context"],
    ["?", "help"], ["Escape", "leave"], ["J", "next"],
  ])("%s asks for %s", (key, command) => {
    expect(asked({ key })).toBe(command);
  });

  test("a capital that nobody asked for is its letter", () => {
    expect(asked({ key: "X", shiftKey: true })).toBe("close");
  });

  test("1 to 8 are the views, also on a keyboard where digits need Shift", () => {
    expect(asked({ key: "1" })).toBe("view.waiting");
    expect(asked({ key: "4" })).toBe("view.closed");
    expect(asked({ key: "é", code: "Digit2" })).toBe("view.mine");
    expect(asked({ key: "8" })).toBe("view.snoozed");
    expect(asked({ key: "0" })).toBeNull();
  });

  test("arrows move in the list only, and scroll elsewhere", () => {
    expect(asked({ key: "ArrowDown" }, { inList: true })).toBe("next");
    expect(asked({ key: "ArrowDown" })).toBeNull();
  });

  test("the browser's own shortcuts are left alone", () => {
    expect(asked({ key: "r", ctrlKey: true })).toBeNull();
    expect(asked({ key: "t", metaKey: true })).toBeNull();
  });

  test("a key does nothing where its command makes no sense, or the role does not permit it", () => {
    expect(asked({ key: "x" }, { state: working({ kind: "queue", id: null, name: null }) })).toBeNull();
    expect(asked({ key: "c" }, { state: { ...working(), agent: claire } })).toBeNull();
  });

  test("who turned single keys off keeps combinations and Escape", () => {
    expect(asked({ key: "x" }, { letters: false })).toBeNull();
    expect(asked({ key: "k", ctrlKey: true }, { letters: false })).toBe("palette");
    expect(asked({ key: "Escape" }, { letters: false })).toBe("leave");
  });
});

test("inside a field letters are letters, combinations ask, and Escape leaves", () => {
  expect(asked({ key: "t" }, { typing: true })).toBeNull();
  expect(asked({ key: "k", metaKey: true }, { typing: true })).toBe("palette");
  expect(asked({ key: "Escape" }, { typing: true })).toBe("leave");
});

test("a key that is held down with others is another key", () => {
  expect(matches("Alt+ArrowDown", { key: "ArrowDown", altKey: true })).toBe(true);
  expect(matches("Alt+ArrowDown", { key: "ArrowDown" })).toBe(false);
  expect(matches("Shift+N", { key: "N", shiftKey: true })).toBe(true);
  expect(matches("n", { key: "N", shiftKey: true })).toBe(false);
});

test("no key asks for two things, and every command says what it is in both languages", () => {
  import.meta.glob(["../src/**/*.tsx", "../src/**/*.ts", "!../src/main.tsx"], { eager: true });
  const everything = document.createElement("div");
  render(h(Everything, {}), everything);
  const everyRight = new Set(allCommands().flatMap(({ may }) => (typeof may === "string" ? [may] : [])));
  const agent = { ...admin, permissions: [...admin.permissions, ...everyRight] };
  const pages = ["conversations", "board", "channels", "undelivered", "admin", "account"] as State["page"][];
  for (const page of pages) {
    for (const owner of [mine, { kind: "queue", id: null, name: null } as const]) {
      const state = { ...working(owner), agent, page };
      const taken = new Map<string, string>();
      for (const command of allCommands().filter((each) => available(each, state))) {
        for (const shortcut of shortcutsOf(command)) {
          expect(taken.get(shortcut.toLowerCase()), `${shortcut} of ${command.id} on ${page}`).toBeUndefined();
          taken.set(shortcut.toLowerCase(), command.id);
        }
      }
    }
  }
  for (const { id, words } of allCommands()) expect(words.fr.trim() && words.en.trim(), id).not.toBe("");
  render(null, everything);
});

test("a command made known twice is there once", () => {
  const before = allCommands().length;
  register({ id: "test.twice", group: "desk", words: { fr: "Une", en: "One" } });
  register({ id: "test.twice", group: "desk", words: { fr: "Deux", en: "Two" } });
  expect(allCommands()).toHaveLength(before + 1);
});

describe("in the composer", () => {
  test("Enter sends when the agent wants it so, Shift and Enter never", () => {
    expect(sends({ key: "Enter" }, true)).toBe(true);
    expect(sends({ key: "Enter" }, false)).toBe(false);
    expect(sends({ key: "Enter", shiftKey: true }, true)).toBe(false);
  });

  test("Ctrl or Cmd with Enter always sends", () => {
    expect(sends({ key: "Enter", ctrlKey: true }, false)).toBe(true);
    expect(sends({ key: "Enter", metaKey: true }, false)).toBe(true);
  });

  test("Enter that accepts a composed character does not send", () => {
    expect(sends({ key: "Enter", isComposing: true }, true)).toBe(false);
  });
});
