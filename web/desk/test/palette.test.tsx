// The palette: commands and what the server finds, by a few letters.

import { act } from "preact/test-utils";
import { describe, expect, test, vi } from "vitest";
import { fit } from "../src/commands/fuzzy";
import { fitting } from "../src/commands/finding";
import { atWork, place, desk, settle, one, comes, arrives, press, write, begin, open } from "./at-work";

atWork();

describe("the palette", () => {
  test("finds a command by a few letters of either language, and carries it out", async () => {
    await begin();
    await press("k", { ctrlKey: true });
    await arrives("palette");
    await write("palette-field", "raccour");
    expect(one("palette-item")?.dataset.key).toBe("help");
    await act(() => void one("palette-field")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
    await arrives("sheet");
    expect(one("palette")).toBeNull();
  });

  test("offers what makes sense here and now only", async () => {
    await begin();
    const offered = (): string[] => fitting("", desk.store.state, "en").map(({ id }) => id);
    expect(offered()).not.toContain("close");
    await open("y");
    expect(offered()).toEqual(expect.arrayContaining(["close", "pass", "invite", "reply", "next"]));
    expect(offered()).not.toEqual(expect.arrayContaining(["admin"]));
  });

  test("jumps to what the server finds, and says what leads nowhere yet", async () => {
    await begin();
    vi.spyOn(desk.api, "find").mockResolvedValue({
      conversations: [], notes: [{ id: "n", conversation: "y", author: "Claire Martin", text: "appeler le transporteur" }], orders: [{ id: "o", number: "W1042", about: "Marie Dupont", conversation: "x" }, { id: "p", number: "W10420", about: "", conversation: null }], cases: [{ id: "k", number: "C-1", about: "Broken", conversation: null }],
      customers: [{ id: "c", name: "Ana", company: "", value: null, conversation: null }],
    });
    await press("k", { metaKey: true });
    await arrives("palette");
    await write("palette-field", "w1042");
    await comes('[data-key="order:o"]');
    expect(place.querySelector('[data-key="order:p"]')?.getAttribute("aria-disabled")).toBe("true");
    expect(place.querySelector('[data-key="case:k"]')?.getAttribute("aria-disabled")).not.toBe("true");
    expect(place.querySelector('[data-key="customer:c"]')?.getAttribute("aria-disabled")).not.toBe("true");
    await act(() => place.querySelector<HTMLElement>('[data-key="order:o"]')?.click());
    await settle();
    expect(location.hash).toBe("#/waiting/x");
  });

  test.each([["rea", "Rendre à l’assistant"], ["equipe", "Mon équipe"], ["conv clo", "Clore la conversation"], ["hb", "Hand back"]])("%s fits %s", (wanted, text) => {
    expect(fit(wanted, text)).not.toBeNull();
  });

  test("whole words come before scattered letters, and what does not fit is left out", () => {
    expect(fit("note", "Écrire une note")!).toBeGreaterThan(fit("note", "Nouvel onglet, tout de suite")!);
    expect(fit("xyz", "Close the conversation")).toBeNull();
  });
});
