// A desk on a page of its own, not started yet: what the server answers is for each test to say.

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, vi } from "vitest";
import { Api } from "../src/api";
import type { Live } from "../src/live";
import { initial } from "../src/state/state";
import { Store } from "../src/state/store";
import { App } from "../src/ui/app";
import { Desk } from "../src/work/desk";
import { Keep } from "../src/work/keep";

export let place: HTMLElement;
export let desk: Desk;

/** Before each test there is one at this address, `prepare`d before it is drawn; after it there is none. */
export function mounted(hash: string, prepare: (made: Desk) => void = () => {}): void {
  beforeEach(() => {
    localStorage.clear();
    location.hash = hash;
    vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
    place = document.body.appendChild(document.createElement("div"));
    const live = { start() {}, stop() {}, viewing() {}, hurry() {} } as unknown as Live;
    desk = new Desk(new Api(), new Store(initial("en")), new Keep(), () => live);
    prepare(desk);
    act(() => render(<App desk={desk} />, place));
  });
  afterEach(() => {
    render(null, place);
    place.remove();
    vi.unstubAllGlobals();
  });
}

export const settle = (): Promise<void> => act(() => new Promise((resolve) => setTimeout(resolve)));
export const all = (id: string): HTMLElement[] => [...place.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
export const one = (id: string): HTMLElement => {
  const found = all(id)[0];
  if (!found) throw new Error(`nothing called ${id}`);
  return found;
};
export const click = async (id: string): Promise<void> => {
  await act(() => one(id).click());
  await settle();
};
