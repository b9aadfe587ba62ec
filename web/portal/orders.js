// An order that is under way shows what its carriers report by itself, as long as somebody looks at it.
"use strict";

const EVERY = 30_000;
// A page that is left open must not keep its visit alive: it stops asking when nobody has touched it for so long.
const AWAKE = 10 * 60_000;

for (const place of document.querySelectorAll("[data-live]")) follow(place);

function follow(place) {
  const link = document.querySelector(".orders-refresh");
  let touched = Date.now();
  let shown = place.innerHTML;
  let timer = 0;
  const look = async () => {
    if (document.hidden || Date.now() - touched > AWAKE) return;
    try {
      const answer = await fetch(place.dataset.live, { redirect: "manual", headers: { Accept: "text/html" } });
      if (!answer.ok) {
        clearInterval(timer);
        if (link) link.hidden = false;
        return;
      }
      const parsed = document.createElement("template");
      parsed.innerHTML = await answer.text();
      if (parsed.innerHTML.trim() === shown.trim()) return;
      shown = parsed.innerHTML;
      place.replaceChildren(parsed.content);
    } catch {
      // Away for a moment: the next time will do.
    }
  };
  const wake = () => {
    const slept = Date.now() - touched > AWAKE;
    touched = Date.now();
    if (slept) void look();
  };
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, wake, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      touched = Date.now();
      void look();
    }
  });
  timer = setInterval(() => void look(), EVERY);
  if (link) link.hidden = true;
}
