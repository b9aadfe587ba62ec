/** The full widget: puts conversation and views together inside the panel the launcher lends. */
import type { Language } from "@shared/language";
import { Chat } from "./chat/chat";
import type { Config } from "./chat/protocol";
import type { Host, Widget } from "./host";
import { Speech } from "./i18n";
import composerStyles from "./styles/composer.css?inline";
import panelStyles from "./styles/panel.css?inline";
import streamStyles from "./styles/stream.css?inline";
import { Composer } from "./view/composer";
import { Footer } from "./view/footer";
import { Header } from "./view/header";
import { Intro } from "./view/intro";
import { Log } from "./view/log";
import { Menu } from "./view/menu";
import { Tail } from "./view/tail";

export function mount(host: Host): Widget {
  const { panel, store } = host;
  host.addStyles(panelStyles + streamStyles + composerStyles);
  const speech = new Speech(host.language);
  const chat = new Chat(host.base, store, host.language);
  let config: Config = store.json<Config>("config") ?? {
    company: "", assistant: "", accent: null, hours: "", languages: ["fr", "en"], max_length: 10_000,
  };
  const configNow = () => config;

  const toEnd = () => log.toEnd();
  const say = (text: string) => {
    chat.say(text);
    log.toEnd(true);
  };
  const setLanguage = (language: Language) => {
    if (language === speech.language) return;
    host.languageChanged(language);
    chat.switchLanguage(language);
    speech.switch(language);
    panel.lang = language;
    log.render();
    void loadConfig();
  };

  const composer = new Composer(speech, store, { say, typing: () => chat.nowTyping() });
  const menu = new Menu(speech, {
    language: () => setLanguage(speech.language === "fr" ? "en" : "fr"),
    anew: () => {
      chat.startAnew();
      composer.focus();
    },
  });
  const footer = new Footer(chat, speech, composer);
  const header = new Header(chat, speech, configNow, menu, host.close, (offline) => footer.setOffline(offline));
  const intro = new Intro(speech, configNow, say);
  const tail = new Tail(chat, speech, () => {
    toEnd();
    composer.focus();
  });
  const log = new Log(
    chat,
    speech,
    host.base,
    { retry: (id) => chat.retry(id), discard: (id) => chat.discard(id) },
    intro.element,
    tail.element,
  );
  chat.onReturned = (text) => composer.restore(text);
  panel.replaceChildren(header.element, log.element, footer.element);
  panel.removeAttribute("aria-busy");
  panel.removeAttribute("aria-label");
  panel.setAttribute("aria-labelledby", "relais-who");
  panel.lang = speech.language;

  const isShown = () => !panel.hidden && document.visibilityState === "visible";
  const look = () => {
    if (isShown()) chat.markSeen();
    host.unread(isShown() ? 0 : chat.unread);
  };

  chat.listen((change) => {
    if (change === "messages" || change === "status" || change === "owner") {
      intro.began(chat.messages.length + chat.past.length + chat.outbox.list().length > 0);
      tail.render();
      log.render();
      header.render();
      footer.render();
      if (change === "messages") look();
    } else if (change === "typing") {
      tail.render();
    } else {
      footer.render();
    }
  });
  document.addEventListener("visibilitychange", look);

  const loadConfig = async () => {
    try {
      const response = await fetch(`${host.base}/chat/config?language=${speech.language}`, { credentials: "omit" });
      if (!response.ok) return;
      config = { ...config, ...((await response.json()) as Config) };
    } catch {
      return; // The last known configuration, or none, serves as well; the connection says what is wrong.
    }
    store.set("config", JSON.stringify(config));
    host.companyAccent(config.accent);
    configured();
  };
  const configured = () => {
    composer.limit = config.max_length;
    header.render();
    intro.render();
  };

  configured();
  intro.began(chat.outbox.list().length > 0 || store.get("conversation") !== null);
  log.render();
  void loadConfig();
  chat.start();

  return {
    opened: () => {
      composer.fit();
      log.render();
      log.toEnd();
      look();
      // On a touch screen, focus would bring the keyboard up over what there is to read.
      if (matchMedia("(pointer: fine)").matches) composer.focus();
      else log.scroller.focus({ preventScroll: true });
    },
    closed: () => look(),
    language: setLanguage,
    ask: (text) => {
      composer.restore(text);
      composer.focus();
    },
  };
}

window.__relaisMount = mount;
