// What the portal’s conversations can do with JavaScript: new messages as they come.
"use strict";

const READ = "relais:read";
const AWAY_AFTER = 10 * 60 * 1000;
const PAUSE = 3000;
const WRITING = 5 * 60 * 1000;

for (const form of document.querySelectorAll(".talk-write")) {
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) form.elements.namedItem("before").value ||= readBefore();
  });
  // Who writes for long is there: their visit does not end before they have sent it.
  let told = Date.now();
  form.addEventListener("input", () => {
    if (Date.now() - told < WRITING) return;
    told = Date.now();
    fetch(location.pathname.replace(/\/(reply|repondre)$/, ""), { redirect: "manual" }).catch(() => undefined);
  });
}

function readBefore() {
  try {
    const kept = sessionStorage.getItem(READ) ?? "";
    sessionStorage.removeItem(READ);
    return kept;
  } catch {
    return "";
  }
}

const live = document.querySelector("[data-news]");
let there = Date.now();
if (live) {
  for (const sign of ["pointerdown", "keydown", "scroll", "touchstart"]) {
    addEventListener(sign, () => { there = Date.now(); }, { passive: true });
  }
  void follow();
}

/** Asks for news while somebody looks: a page that is left open is no sign of anybody. */
async function follow() {
  for (;;) {
    if (document.hidden || Date.now() - there > AWAY_AFTER) {
      await rest();
      continue;
    }
    try {
      const answer = await fetch(`${live.dataset.news}?after=${live.dataset.after}`, { redirect: "manual" });
      // Signed out meanwhile, or too often: what is here stays, and nothing more comes.
      if (!answer.ok) return;
      if ((await answer.json()).news) await show();
    } catch {
      await rest();
    }
  }
}

function rest() {
  return new Promise((done) => setTimeout(done, PAUSE));
}

async function show() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) throw new Error("gone");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-news]");
  const stream = live.querySelector(".talk-stream");
  const days = new Set([...stream.querySelectorAll(".talk-day")].map((each) => each.textContent));
  const known = Number(live.dataset.after);
  let day = null;
  for (const line of [...fresh.querySelectorAll(".talk-stream > li")]) {
    if (line.matches(".talk-day")) day = line;
    if (!(Number(line.dataset.seq) > known)) continue;
    document.getElementById("last")?.removeAttribute("id");
    if (day && !days.has(day.textContent)) stream.append(document.importNode(day, true));
    day = null;
    stream.append(document.importNode(line, true));
  }
  live.querySelector(".talk-state").replaceWith(document.importNode(fresh.querySelector(".talk-state"), true));
  live.dataset.after = fresh.dataset.after;
}
