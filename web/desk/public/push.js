// The desk's service worker: shows what is pushed while nobody looks at the desk, and opens what is chosen. It keeps no
// page and answers no request. Served as it stands.

const desk = new URL("./", self.location.href).href;
const LISTS = { mention: "mentioned", message: "mine", reminder: "mine", returned: "mine", offer: "waiting" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function show(data) {
  let told;
  try {
    told = data.json();
  } catch {
    return;
  }
  const open = await desks();
  // Who has the desk before their eyes sees it there.
  if (open.some((each) => each.visibilityState === "visible")) return;
  const where = `#/${LISTS[told.kind] ?? "waiting"}${told.conversation ? `/${encodeURIComponent(told.conversation)}` : ""}`;
  await self.registration.showNotification("Relais", {
    body: told.text,
    lang: told.language,
    tag: `relais-${told.kind}-${told.conversation ?? told.id}`,
    renotify: true,
    data: where,
  });
}

async function open(where) {
  const [first] = await desks();
  if (!first) return self.clients.openWindow(desk + where);
  first.postMessage({ relais: "open", where });
  return first.focus();
}

async function desks() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter((each) => each.url.startsWith(desk));
}
