/** The launcher: a corner button, an empty panel that opens at once, and the widget loaded when somebody may want it. */
import tokens from "@shared/tokens.css?inline";
import { asLanguage, type Language } from "@shared/language";
import * as dom from "./dom";
import type { Host, Widget } from "./host";
import { LAUNCHER_WORDS } from "./i18n/launcher";
import { Greeting } from "./launcher/greeting";
import { readOptions } from "./launcher/options";
import { accentStyles, addStyles } from "./launcher/styles";
import { followKeyboard, holdPage } from "./launcher/viewport";
import { Store } from "./storage";
import frame from "./styles/frame.css?inline";

const { chatIcon, closeIcon, el } = dom;

function launch(script: HTMLScriptElement): void {
  const options = readOptions(script);
  const store = new Store(options.base);
  // A choice made by hand holds until the page itself asks for another language.
  const [chosen, instead] = (store.get("language") ?? "").split("@");
  let language: Language = (instead === options.language ? asLanguage(chosen) : null) ?? options.language;
  let widget: Widget | null = null;
  let loading: Promise<Widget> | null = null;
  let user = options.user;
  let release = () => {};
  let unreadCount = 0;

  const element = el("div", { id: "relais-widget" });
  const root = element.attachShadow({ mode: "open" });
  addStyles(root, `:host{all:initial}${tokens}${frame}`, options.nonce);
  const setAccent = addStyles(root, accentStyles(options.accent ?? store.get("accent"), options.accentDark), options.nonce);

  const badge = el("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const launcher = el("button", { class: "launcher", type: "button", "data-testid": "launcher", "aria-haspopup": "dialog" }, chatIcon(26), badge);
  const panel = el("div", { class: "panel", role: "dialog", "data-testid": "panel", hidden: true });
  const greeting = new Greeting(options.base, store, () => open(), launcher);
  const corner = el("div", { class: options.left ? "left" : "right", dir: options.direction }, greeting.element, launcher, panel);
  root.append(corner);

  const address = (name: string) => `${options.folder}${name}.js`;
  const words = () => LAUNCHER_WORDS[language];
  const name = () => {
    corner.lang = language;
    launcher.setAttribute("aria-label", unreadCount ? `${words().open} (${words().unread(unreadCount)})` : words().open);
    if (!widget) panel.setAttribute("aria-label", words().loading);
  };

  const isOpen = () => !panel.hidden;

  const close = () => {
    if (!isOpen()) return;
    const hadFocus = root.activeElement !== null;
    panel.hidden = true;
    launcher.hidden = false;
    release();
    widget?.closed();
    if (hadFocus) launcher.focus();
  };

  const open = () => {
    if (isOpen()) return;
    greeting.opened();
    if (!widget) skeleton();
    panel.hidden = false;
    launcher.hidden = true;
    release = holdPage();
    if (widget) widget.opened();
    else load().then((loaded) => isOpen() && loaded.opened(), () => isOpen() && failed());
  };

  const fetchScript = (name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const loader = el("script", { src: address(name) });
      loader.nonce = options.nonce;
      loader.onload = () => resolve();
      loader.onerror = () => {
        loader.remove();
        reject(new Error(`${name}.js did not load`));
      };
      document.head.append(loader);
    });

  const host: Host = {
    script: fetchScript,
    base: options.base,
    store,
    language,
    user,
    panel,
    addStyles: (css) => void addStyles(root, css, options.nonce),
    companyAccent: (hex) => {
      if (hex) store.set("accent", hex);
      else store.remove("accent");
      setAccent(accentStyles(options.accent ?? hex, options.accentDark));
    },
    unread: (count) => {
      unreadCount = count;
      badge.hidden = count === 0;
      badge.textContent = count > 9 ? "9+" : String(count);
      name();
    },
    languageChanged: (next) => {
      language = next;
      store.set("language", `${next}@${options.language}`);
      name();
    },
    close,
  };

  const load = (): Promise<Widget> =>
    (loading ??= fetchScript("widget").then(
      () => {
        const mount = window.__relaisMount;
        if (!mount) throw new Error("widget.js is not the widget");
        panel.replaceChildren();
        return (widget = mount({ ...host, language, user }));
      },
      (error) => {
        loading = null;
        throw error;
      },
    ));

  const closeButton = () =>
    el("button", { class: "frame-close", type: "button", "data-testid": "close", "aria-label": words().close, click: close }, closeIcon());

  const skeleton = () => {
    const bone = () => el("div", { class: "frame-bone" });
    panel.replaceChildren(closeButton(), bone(), bone());
    panel.setAttribute("aria-busy", "true");
  };

  const failed = () => {
    const again = el("button", { class: "frame-again", type: "button", click: () => (close(), open()) }, words().again);
    panel.replaceChildren(closeButton(), el("p", { class: "frame-failed", role: "alert" }, words().failed), again);
    again.focus();
  };

  const quietly = () => void load().catch(() => {});
  launcher.addEventListener("click", open);
  for (const hint of ["pointerenter", "focusin", "touchstart"]) corner.addEventListener(hint, quietly, { once: true, passive: true });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });

  const page = () => {
    if (!store.get("conversation")) greeting.plan(language, words().dismiss).catch(() => {});
  };

  window.__relaisDom = dom;
  window.Relais = {
    open,
    close,
    language: (tag) => {
      const next = asLanguage(tag);
      if (!next) return;
      host.languageChanged(next);
      widget?.language(next);
    },
    user: (token) => {
      user = token || null;
      widget?.user(user);
    },
    ask: (text) => {
      open();
      load().then((loaded) => loaded.ask(text), () => {});
    },
    page,
  };

  followKeyboard(panel);
  name();
  document.body.append(element);
  if (options.open) open();

  const whenIdle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 2000));
  whenIdle(() => {
    // Somebody who has a conversation here may have an answer waiting: listen for it quietly.
    if (store.get("conversation") || store.keys("out.").length) return quietly();
    document.head.append(el("link", { rel: "prefetch", as: "script", href: address("widget") }));
    page();
    // A site that is one page changes its address without loading.
    addEventListener("popstate", page);
    window.navigation?.addEventListener("currententrychange", page);
  });
}

const script = document.currentScript as HTMLScriptElement | null;
if (script && !window.Relais) {
  if (document.body) launch(script);
  else addEventListener("DOMContentLoaded", () => launch(script), { once: true });
}
