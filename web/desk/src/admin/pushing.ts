// Browser push of this browser: whether it can, is allowed to and is on, and switching it on and off.

import type { Desk } from "../work/desk";
import { Rest } from "./rest";

const ADDRESS = "/desk/api/account/push";
const SCOPE = "/desk/";

/** What an agent is told of this browser. */
export type Pushing = "unsupported" | "blocked" | "off" | "on";

interface Now {
  key: string;
  on: boolean;
}

export function supported(): boolean {
  return globalThis.isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** How it stands now: on is what both the browser and the server say. */
export async function standing(rest: Rest): Promise<Pushing> {
  if (!supported()) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const { on } = await rest.get<Now>(ADDRESS);
  const there = on && (await (await registration())?.pushManager.getSubscription());
  return there && Notification.permission === "granted" ? "on" : "off";
}

/** Asks the agent where they have not been asked, and has this browser told from now on. Throws when its push service does not answer, or the server. */
export async function turnOn(desk: Desk, rest: Rest): Promise<Pushing> {
  const allowed = await Notification.requestPermission();
  if (allowed !== "granted") return allowed === "denied" ? "blocked" : "off";
  await subscribe(rest);
  desk.keep.prefer({ pushes: desk.store.state.agent?.id ?? null });
  return "on";
}

export async function turnOff(desk: Desk, rest: Rest): Promise<Pushing> {
  desk.keep.prefer({ pushes: null });
  await rest.remove(ADDRESS);
  const there = await (await registration())?.pushManager.getSubscription();
  await there?.unsubscribe().catch(() => false);
  return "off";
}

/** After signing in again: who switched it on here and did not switch it off is told again. */
export async function pushAgain(desk: Desk): Promise<void> {
  if (!supported() || Notification.permission !== "granted") return;
  await subscribe(new Rest(desk, desk.store.state.language)).catch(() => {});
}

async function subscribe(rest: Rest): Promise<void> {
  const { key } = await rest.get<Now>(ADDRESS);
  await navigator.serviceWorker.register(`${SCOPE}push.js`, { scope: SCOPE });
  const { pushManager } = await navigator.serviceWorker.ready;
  let found = await pushManager.getSubscription();
  if (found && text(found.options.applicationServerKey) !== key) {
    // It was made for keys that this installation has no more.
    await found.unsubscribe();
    found = null;
  }
  found ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await rest.put(ADDRESS, { endpoint: found.endpoint, p256dh: text(found.getKey("p256dh")), auth: text(found.getKey("auth")) });
}

function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.getRegistration(SCOPE);
}

/** Bytes as the server writes them: base64url without padding. */
export function text(bytes: ArrayBuffer | null | undefined): string {
  const raw = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
