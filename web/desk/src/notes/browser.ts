// Notices of the browser itself, for who is looking at another window.

/** Whether the desk is what the agent looks at. */
export function onScreen(): boolean {
  return document.visibilityState === "visible";
}

/** Follows what the agent chose among the notices that the browser showed by itself (public/push.js). */
export function followPushes(): void {
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ relais?: string; where?: string }>) => {
    if (data?.relais === "open" && data.where) location.hash = data.where;
  });
}

/** Whether this browser can show notices at all: on secure pages only, and not on every phone. */
export function canTell(): boolean {
  return "Notification" in globalThis;
}

export function permission(): NotificationPermission {
  return canTell() ? Notification.permission : "denied";
}

/** Asks the agent; browsers want a click for that. */
export async function ask(): Promise<boolean> {
  if (!canTell()) return false;
  return (await Notification.requestPermission().catch(() => "denied")) === "granted";
}

/** Shows a notice while the desk is hidden; choosing it opens the conversation. */
export function tellBrowser(text: string, conversation: string): void {
  if (onScreen() || permission() !== "granted") return;
  try {
    const shown = new Notification("Relais", { body: text, tag: `relais-${conversation}` });
    shown.onclick = () => {
      window.focus();
      location.hash = `#/mentioned/${encodeURIComponent(conversation)}`;
      shown.close();
    };
  } catch {
    // Some phones have the name and not the thing.
  }
}
