import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countInTitle, Tone } from "../src/attention";
import { Store } from "../src/storage";

let played = 0;

beforeEach(() => {
  localStorage.clear();
  played = 0;
  const part = () => ({
    frequency: { setValueAtTime() {} }, gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} },
    connect: (next: unknown) => next, start: () => played++, stop() {},
  });
  vi.stubGlobal("AudioContext", class {
    currentTime = 0;
    destination = {};
    createOscillator = part;
    createGain = part;
    resume = () => Promise.resolve();
  });
});
afterEach(() => vi.unstubAllGlobals());

test("the count stands before the title, is replaced, and goes", () => {
  document.title = "Boutique";
  countInTitle(2);
  expect(document.title).toBe("(2) Boutique");
  countInTitle(12);
  expect(document.title).toBe("(9+) Boutique");
  document.title = "(9+) Panier";
  countInTitle(0);
  expect(document.title).toBe("Panier");
});

test("there is no sound until it is asked for, and the choice is kept", () => {
  const tone = new Tone(new Store("https://relais.example"));
  tone.play();
  expect(played).toBe(0);
  expect(tone.toggle()).toBe(true);
  expect(played).toBe(1);
  const later = new Tone(new Store("https://relais.example"));
  later.play();
  expect(played).toBe(2);
  expect(later.toggle()).toBe(false);
  later.play();
  expect(played).toBe(2);
});

test("a browser that refuses sound loses nothing else", () => {
  vi.stubGlobal("AudioContext", class {
    constructor() {
      throw new Error("no sound here");
    }
  });
  expect(() => new Tone(new Store("https://relais.example")).toggle()).not.toThrow();
});
