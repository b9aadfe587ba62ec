// Knowledge: texts are put together without loss, drafts are kept, and each role is offered what it may do.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api, Refused, Unreachable } from "../src/api";
import { Draft, type Doors } from "../src/knowledge/draft";
import { articleLink, bullets, callout, picture, table, around } from "../src/knowledge/markdown";
import { moved, tree } from "../src/knowledge/categories";
import { KnowledgePage } from "../src/knowledge/page";
import { placeOf, toHash } from "../src/knowledge/place";
import type { Category, Version } from "../src/knowledge/types";
import { changes, meet, slugOf, textsOf } from "../src/knowledge/working";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { DeskContext } from "../src/ui/hooks";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";
import { claire } from "./shapes";

const ID = "00000000-0000-7000-8000-000000000001";
const version = (more: Partial<Version> = {}): Version => ({
  id: "v1", version: 1, article_id: ID, language: "en", number: 1, status: "published", slug: "returns", title: "Return an item", summary: "30 days.",
  body: "## How\nPrint.", questions: ["how do I return?"], note: "", minor: false, based_on: null, writers: ["agent:other"], reviewer: null, reviewed_at: null,
  review_note: "", publish_at: null, expire_at: null, published_at: "2026-11-01T10:00:00Z", ended_at: null, created_at: "2026-11-01T10:00:00Z", updated_at: "2026-11-01T10:00:00Z", ...more,
});
const base = textsOf(version());

describe("what two people write", () => {
  test("comes together where it differs in different places, and is told where it does not", () => {
    const met = meet(base, { ...base, title: "Mine", body: "mine" }, { ...base, summary: "Theirs", body: "theirs" });
    expect(met.texts).toMatchObject({ title: "Mine", summary: "Theirs", body: "mine" });
    expect(met.clashes).toEqual(["body"]);
    expect(meet(base, { ...base, body: "same" }, { ...base, body: "same" }).clashes).toEqual([]);
  });

  test("is sent as the fields that differ, questions a line each", () => {
    expect(changes(base, { ...base, questions: "how do I return?\n\n send back? \nsend back?" })).toEqual({ questions: ["how do I return?", "send back?"] });
    expect(changes(base, base)).toEqual({});
  });

  test("has an address made of its title", () => {
    expect(slugOf("Où est mon œuvre d’art ? (n° 3)")).toBe("ou-est-mon-oeuvre-d-art-n-3");
  });

  test("is found again by its address", () => {
    for (const hash of ["#/knowledge", "#/knowledge/review", "#/knowledge/categories", `#/knowledge/article/${ID}/fr/edit`, "#/knowledge/article/returns"]) expect(toHash(placeOf(hash))).toBe(hash);
    expect(placeOf("#/knowledge/article/<script>").show).toBe("shelf");
  });
});

describe("the order of categories", () => {
  const one = (id: string, parent_id: string | null, position: number): Category => ({ id, version: 1, key: id, names: { fr: id, en: id }, parent_id, position, articles: 0 });
  const all = [one("b", null, 20), one("a", null, 20), one("in-b", "b", 5), one("first", null, 1)];

  test("is that of the tree: each before what stands in it", () => {
    expect(tree(all).map(({ category, depth, inside }) => [category.id, depth, inside])).toEqual([["first", 0, 0], ["a", 0, 0], ["b", 0, 1], ["in-b", 1, 0]]);
  });

  test("changes as few places as it takes", () => {
    const among = tree(all)[0]?.among ?? [];
    expect(moved(among, "b", -1).map(({ category, position }) => [category.id, position])).toEqual([["first", 10], ["a", 30]]);
  });
});

describe("the buttons of the editor", () => {
  const put = (text: string, edit: { from: number; to: number; put: string }): string => text.slice(0, edit.from) + edit.put + text.slice(edit.to);

  test("mark what is chosen, and take the mark away again", () => {
    expect(put("a word", around({ text: "a word", from: 2, to: 6 }, "**", "x"))).toBe("a **word**");
    expect(put("a **word**", around({ text: "a **word**", from: 4, to: 8 }, "**", "x"))).toBe("a word");
    expect(put("a\nb", bullets({ text: "a\nb", from: 0, to: 3 }))).toBe("- a\n- b");
    expect(put("- a\n- b", bullets({ text: "- a\n- b", from: 0, to: 7 }))).toBe("a\nb");
  });

  test("put blocks on lines of their own, and links by the article's key", () => {
    expect(put("ab", callout({ text: "ab", from: 1, to: 1 }, "tip", "text"))).toBe("a\n\n> [!TIP]\n> text\n\nb");
    expect(put("", table({ text: "", from: 0, to: 0 }, (n) => `C${n}`))).toContain("| C1 | C2 |\n|---|---|");
    expect(put("see this", articleLink({ text: "see this", from: 4, to: 8 }, "returns"))).toBe("see [this](/articles/returns)");
    expect(put("", picture({ text: "", from: 0, to: 0 }, "f1", "a [blue]\nbowl"))).toBe("![a blue bowl](/files/f1)");
  });
});

describe("a draft", () => {
  const doors = (more: Partial<Doors> = {}): Doors & { store: { text: string } } => {
    const store = { text: "" };
    return {
      begin: async (given) => version({ id: "d1", status: "draft", number: 2, ...(given as object), questions: [] }),
      change: async (id, given, number) => version({ id, status: "draft", version: number + 1, ...(given as object) }),
      open: async () => null, kept: () => store.text, keep: (text) => void (store.text = text), told: () => {}, store, ...more,
    };
  };

  test("is kept here while the server is away, and taken up where it was left", async () => {
    const away = doors({ begin: () => Promise.reject(new Unreachable()) });
    const draft = new Draft(away, null, version());
    draft.edit({ title: "Unsent" });
    expect(await draft.save()).toBe(false);
    expect(draft.state).toBe("away");
    draft.leave();
    const again = new Draft(doors({ kept: () => away.store.text }), null, version({ summary: "60 days." }));
    expect(again.texts).toMatchObject({ title: "Unsent", summary: "60 days." });
    expect(await again.save()).toBe(true);
    expect(again.state).toBe("saved");
  });

  test("that somebody else saved meanwhile loses neither's words", async () => {
    let stale = true;
    const open = version({ id: "d1", status: "draft", version: 5, title: "Theirs", body: "theirs" });
    const sent: unknown[] = [];
    const shared = doors({
      change: async (id, given, number) => {
        if (stale) throw new Refused(412, "stale", "");
        sent.push([given, number]);
        return version({ id, status: "draft", version: number + 1 });
      },
      open: async () => {
        stale = false;
        return open;
      },
    });
    const draft = new Draft(shared, version({ id: "d1", status: "draft" }), null);
    draft.edit({ body: "mine", summary: "Mine" });
    expect(await draft.save()).toBe(false);
    expect(draft.clash?.fields).toEqual(["body"]);
    expect(draft.texts).toMatchObject({ title: "Theirs", summary: "Mine", body: "mine" });
    draft.settle("body", "theirs");
    expect(await draft.save()).toBe(true);
    expect(sent).toEqual([[{ summary: "Mine" }, 5]]);
  });

  test("that was sent for review meanwhile is not written into", async () => {
    const draft = new Draft(doors({ change: () => Promise.reject(new Refused(409, "not_now", "")), open: async () => version({ status: "in_review" }) }), version({ status: "draft" }), null);
    draft.edit({ title: "Late" });
    expect(await draft.save()).toBe(false);
    expect([draft.state, draft.texts.title]).toEqual(["closed", "Late"]);
  });
});

describe("the pages", () => {
  let place: HTMLElement;
  let asked: string[];
  let answers: Record<string, unknown>;
  const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve, 5)));
  const find = (id: string): HTMLElement | null => document.querySelector(`[data-testid="${id}"]`);

  async function open(hash: string, permissions: string[], until: string): Promise<void> {
    location.hash = hash;
    const desk = new Desk(new Api(), new Store(initial("en")), new Keep(null), () => ({}) as Live);
    desk.store.dispatch({ do: "signed in", agent: { ...claire, language: "en", permissions } });
    await act(() => render(<DeskContext.Provider value={desk}><KnowledgePage /></DeskContext.Provider>, place));
    for (let tries = 0; tries < 50 && !find(until); tries += 1) await settle();
    expect(find(until), until).not.toBeNull();
  }

  beforeEach(() => {
    place = document.createElement("div");
    document.body.append(place);
    asked = [];
    const article = { id: ID, version: 3, key: "returns", category: "returns", status: "published", audience: "public", tags: [], languages: [{ language: "en", title: "Return an item", slug: "returns", published: 1, open: null, open_status: null }], updated_at: "2026-11-01T10:00:00Z" };
    answers = {
      "/api/v1/articles": { items: [article] }, [`/api/v1/articles/${ID}`]: article, "/api/v1/agents": { items: [{ id: "other", name: "Léa" }] },
      "/api/v1/article-categories": { items: [{ id: "c", key: "returns", names: { fr: "Retours", en: "Returns" }, parent_id: null, position: 0 }] },
      "/api/v1/article-versions": { items: [version()] }, "/api/v1/twin-notices": { items: [{ article_id: ID, key: "returns", language: "fr", kind: "missing", twin_title: "Return an item", since: "2026-11-01T10:00:00Z" }] },
      "/api/v1/article-previews": { html: "<p>Printed</p>", broken: [] }, [`/api/v1/articles/${ID}/figures`]: { views: 7, helpful: 2, unhelpful: 1, contacts: 3, searches: [{ text: "send back", times: 4 }] },
      [`/api/v1/articles/${ID}/referrers`]: { items: [] },
      "/api/v1/question-groups": { items: [{ id: "g", version: 1, language: "en", status: "open", label: "Do you sell rugs?", questions: 2, asked: 5, contacts: 4, article_id: null, last_at: "2026-11-01T10:00:00Z" }] },
    };
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      const found = answers[url.split("?")[0] ?? ""];
      return new Response(JSON.stringify(found ?? {}), { status: found ? 200 : 404 });
    });
  });

  afterEach(() => {
    act(() => render(null, place));
    place.remove();
    vi.unstubAllGlobals();
    location.hash = "";
  });

  test("tell who may not read, and ask for nothing", async () => {
    await open("#/knowledge", ["conversations.read"], "no-rights");
    expect(asked).toEqual([]);
  });

  test("show an article as customers read it, with its figures and what is missing", async () => {
    await open(`#/knowledge/article/${ID}`, ["knowledge.read"], "kn-figures");
    expect(find("kn-shown")?.textContent).toContain("Printed");
    expect(find("kn-figures")?.textContent).toContain("send back");
    expect(find("kn-drift-missing")).not.toBeNull();
    expect([find("kn-edit"), find("kn-filing"), find("kn-withdraw")]).toEqual([null, null, null]);
  });

  test.each([
    [["knowledge.read", "knowledge.propose"], "Propose a change", false],
    [["knowledge.read", "knowledge.propose", "knowledge.write", "knowledge.publish"], "Edit", true],
  ])("offer each role what it may do: %s", async (permissions, name, files) => {
    await open(`#/knowledge/article/${ID}`, permissions, "kn-edit");
    expect(find("kn-edit")?.textContent).toBe(name);
    expect(find("kn-filing") !== null).toBe(files);
  });

  test("rank gaps by the contacts they cost; those who may not write only read", async () => {
    await open("#/knowledge/gaps", ["knowledge.read"], "kn-gap");
    expect(find("kn-gap")?.textContent).toContain("4 contacts");
    expect(find("kn-gap-draft")).toBeNull();
  });
});
