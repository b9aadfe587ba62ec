// The keyboard map.

import { describe, expect, test } from "vitest";
import { commandFor, sends } from "../src/keys";

const free = { typing: false, inList: false };

describe("outside of fields", () => {
  test.each([
    ["j", "next"], ["k", "previous"], ["t", "take"], ["r", "reply"], ["e", "release"], ["x", "close"], ["a", "attach"],
    ["c", "channels"], ["u", "undelivered"], ["/", "search"], ["z", "snooze"], ["f", "filters"],
    ["?", "help"], ["Escape", "leave"],
  ])("%s asks for %s", (key, command) => {
    expect(commandFor({ key }, free)).toEqual({ do: command });
  });

  test("1 to 8 are the views, also on a keyboard where digits need Shift", () => {
    expect(commandFor({ key: "1" }, free)).toEqual({ do: "view", view: "waiting" });
    expect(commandFor({ key: "4" }, free)).toEqual({ do: "view", view: "closed" });
    expect(commandFor({ key: "é", code: "Digit2" }, free)).toEqual({ do: "view", view: "mine" });
    expect(commandFor({ key: "8" }, free)).toEqual({ do: "view", view: "snoozed" });
    expect(commandFor({ key: "9", code: "Digit9" }, free)).toBeNull();
    expect(commandFor({ key: "0" }, free)).toBeNull();
  });

  test("arrows move in the list only, and scroll elsewhere", () => {
    expect(commandFor({ key: "ArrowDown" }, { typing: false, inList: true })).toEqual({ do: "next" });
    expect(commandFor({ key: "ArrowDown" }, free)).toBeNull();
  });

  test("the browser's own shortcuts are left alone", () => {
    expect(commandFor({ key: "r", ctrlKey: true }, free)).toBeNull();
    expect(commandFor({ key: "t", metaKey: true }, free)).toBeNull();
  });
});

test("inside a field letters are letters, and Escape leaves", () => {
  expect(commandFor({ key: "t" }, { typing: true, inList: false })).toBeNull();
  expect(commandFor({ key: "Escape" }, { typing: true, inList: false })).toEqual({ do: "leave" });
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
