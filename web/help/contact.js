// The contact form with JavaScript: articles are suggested while one writes, and nothing else changes.
"use strict";

{
  const form = document.querySelector("form[data-articles]");
  const panel = form?.querySelector(".contact-articles");
  if (form && panel) {
    const words = form.elements.text;
    const list = panel.querySelector("ul");
    const line = panel.querySelector("template").content;
    const said = form.querySelector("[data-said]");
    const PAUSE = 700;
    const FEWEST = 12;
    let timer = 0;
    let asked = 0;
    let before = words.value.trim();
    let shown = [...list.querySelectorAll("button")].map((each) => each.value).join();

    const show = (items) => {
      const slugs = items.map((item) => item.slug).join();
      if (slugs === shown || panel.contains(document.activeElement)) return;
      shown = slugs;
      list.replaceChildren(...items.map((item) => {
        const made = line.cloneNode(true);
        made.querySelector("a").href = item.url;
        made.querySelector("a span").textContent = item.title;
        made.querySelector("p").textContent = item.text;
        made.querySelector("button").value = item.slug;
        made.querySelector("button span").textContent = ` – ${item.title}`;
        return made;
      }));
      panel.hidden = !items.length;
      said.textContent = items.length ? form.dataset.found.replace("{count}", items.length) : "";
      if (items.length) form.elements.seen.value = "1";
    };
    // Who writes later on is known again by the chat of this browser, or as who is signed in at the portal: else an
    // article would seem to have answered them.
    let told = false;
    const tell = async () => {
      if (told) return;
      told = true;
      try {
        form.elements.visitor.value = localStorage.getItem(`relais:${location.origin}:visitor`) ?? "";
      } catch {
        // Blocked storage knows nobody.
      }
      try {
        const answer = await fetch(form.dataset.who);
        if (answer.ok) form.elements.who.value = (await answer.json()).who ?? "";
      } catch {
        // They are counted as unknown.
      }
    };
    const look = async () => {
      const text = words.value.trim();
      if (text === before || text.length < FEWEST) return;
      before = text;
      void tell();
      const mine = ++asked;
      try {
        const body = new URLSearchParams({ text: text.slice(0, 400), from: form.elements.from.value });
        const answer = await fetch(form.dataset.articles, { method: "POST", body });
        if (answer.ok && mine === asked) show((await answer.json()).items);
      } catch {
        // Nothing is suggested; the form works as it is.
      }
    };
    words.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    form.addEventListener("submit", () => setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    }));
    addEventListener("pageshow", () => {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    });
  }
}
