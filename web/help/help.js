// What the help centre's pages can do with JavaScript: suggestions while one types, the chat with a question, print, share.
"use strict";

for (const button of document.querySelectorAll("[data-ask]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (window.Relais) window.Relais.ask(button.dataset.ask);
    else document.querySelector('script[src$="/relais.js"]')?.addEventListener("load", () => setTimeout(() => window.Relais?.ask(button.dataset.ask)), { once: true });
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-share]")) {
  const address = document.querySelector('link[rel="canonical"]')?.href ?? location.href;
  if (!navigator.share && !navigator.clipboard) continue;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) await navigator.share({ title: document.title, url: address });
      else {
        await navigator.clipboard.writeText(address);
        button.textContent = button.dataset.shared;
      }
    } catch {
      // Closed without sharing: nothing to say.
    }
  });
}

remember();
keepClear();
for (const form of document.querySelectorAll("form[data-suggestions]")) suggest(form);

/** Keeps in this tab, and tells nobody, what is read: who is signed in and writes afterwards takes it along. */
function remember() {
  const words = new URLSearchParams(location.search).get("q")?.trim();
  const article = document.querySelector("article") && /^\/(fr\/aide|en\/help)\/[a-z0-9-]+$/.test(location.pathname);
  const now = words ? `?${words.slice(0, 100)}` : article ? location.pathname : "";
  if (!now) return;
  try {
    const before = JSON.parse(sessionStorage.getItem("relais:read") ?? "[]");
    sessionStorage.setItem("relais:read", JSON.stringify([...before.filter((each) => each !== now), now].slice(-8)));
  } catch {
    // No storage here: nothing is kept.
  }
}

/** On a small screen the chat's button lies on nothing that can be pressed: where it would, it stands higher once the page rests. */
function keepClear() {
  const small = matchMedia("(max-width: 640px)");
  let timer = 0;
  const place = () => {
    const chat = document.getElementById("relais-widget")?.shadowRoot;
    const button = chat?.querySelector(".launcher");
    const box = button?.getBoundingClientRect();
    if (!box?.width) return;
    const lifted = -parseFloat(button.style.translate.split(" ")[1]) || 0;
    const pressed = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, label")];
    const inSight = pressed.map((each) => [...each.getClientRects()].filter(({ top, bottom }) => bottom > 0 && top < innerHeight)).filter((rects) => rects.length);
    const covered = (rect, top) => {
      const wide = Math.min(rect.right, box.right) - Math.max(rect.left, box.left);
      const high = Math.min(rect.bottom, top + box.height) - Math.max(rect.top, top);
      return wide > 0 && high > 0 && wide * high > 0.4 * rect.width * rect.height;
    };
    const clear = (lift) => !inSight.some((rects) => rects.every((rect) => covered(rect, box.top + lifted - lift)));
    let lift = 0;
    while (small.matches && lift < innerHeight / 2 && !clear(lift)) lift += 8;
    for (const each of [button, chat.querySelector(".greeting")]) each.style.translate = lift && lift < innerHeight / 2 ? `0 -${lift}px` : "";
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(place, 200);
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  document.querySelector('script[src$="/relais.js"]')?.addEventListener("load", soon);
  soon();
}

function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const told = document.createElement("p");
  let items = [];
  let active = -1;
  let asked = 0;
  let timer = 0;
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.found.replace("{count} ", ""));
  told.className = "unseen";
  told.setAttribute("role", "status");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.parentElement.append(list, told);

  const mark = (place) => {
    active = place;
    [...list.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === active)));
    if (active >= 0) input.setAttribute("aria-activedescendant", list.children[active].id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (found) => {
    items = found;
    list.replaceChildren(...found.map((item, place) => {
      const line = document.createElement("li");
      line.id = `suggestion-${place}`;
      line.setAttribute("role", "option");
      line.textContent = item.title;
      line.addEventListener("pointerdown", (event) => event.preventDefault());
      line.addEventListener("click", () => location.assign(item.url));
      return line;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = found.length ? form.dataset.found.replace("{count}", found.length) : "";
    mark(-1);
  };
  const look = async () => {
    const words = input.value.trim();
    const mine = ++asked;
    if (words.length < 2) return show([]);
    try {
      const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(words)}`);
      const found = answer.ok ? (await answer.json()).items : [];
      if (mine === asked && document.activeElement === input) show(found);
    } catch {
      if (mine === asked) show([]);
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 80);
  });
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((active + 1 + step + items.length + 1) % (items.length + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(items[active].url);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show([]);
    }
  });
}
