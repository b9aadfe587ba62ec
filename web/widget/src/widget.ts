/** The full widget: puts conversation and views together inside the panel the launcher lends. */
import type { Language } from "@shared/language";
import { countInTitle, Tone } from "./attention";
import { Chat } from "./chat/chat";
import type { Config, FileRef } from "./chat/protocol";
import type { Host, Widget } from "./host";
import { Speech } from "./i18n";
import composerStyles from "./styles/composer.css?inline";
import filesStyles from "./styles/files.css?inline";
import panelStyles from "./styles/panel.css?inline";
import formStyles from "./styles/forms.css?inline";
import sheetStyles from "./styles/sheet.css?inline";
import streamStyles from "./styles/stream.css?inline";
import { Attach, takeFiles } from "./view/attach";
import { Away } from "./view/away";
import { ByMail } from "./view/by-mail";
import { Composer } from "./view/composer";
import { Elsewhere } from "./view/elsewhere";
import { Footer } from "./view/footer";
import { Header } from "./view/header";
import { History } from "./view/history";
import { Intro } from "./view/intro";
import { Log } from "./view/log";
import { Menu } from "./view/menu";
import { RatingCard } from "./view/rating";
import { Sheet } from "./view/sheet";
import { Tail } from "./view/tail";

export function mount(host: Host): Widget {
  const { panel, store } = host;
  host.addStyles(panelStyles + streamStyles + composerStyles + filesStyles + sheetStyles + formStyles);
  const speech = new Speech(host.language);
  const chat = new Chat(host.base, store, host.language, host.user);
  const tone = new Tone(store);
  let config: Config = store.json<Config>("config") ?? {
    company: "", assistant: "", accent: null, hours: "", languages: ["fr", "en"], max_length: 10_000,
  };
  const configNow = () => config;

  const say = (text: string, files: FileRef[] = []) => {
    chat.say(text, { files });
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
  const anew = () => {
    sheet.close();
    chat.startAnew();
    composer.focus();
  };

  const attach = new Attach(chat.tray, speech, (text) => chat.notices.tell(text), () => composer.focus());
  const composer = new Composer(speech, store, { say, typing: () => chat.nowTyping() }, chat.tray, attach);
  const history = new History(chat, speech, { opened: () => sheet.close(), anew });
  const elsewhere = new Elsewhere(chat, speech, () => config.elsewhere ?? []);
  const transcript = new ByMail(chat, speech, "transcript", "transcript", "transcriptText");
  const answer = new ByMail(chat, speech, "answer", "answer", "answerText");
  const menu = new Menu(
    speech,
    {
      language: () => setLanguage(speech.language === "fr" ? "en" : "fr"),
      anew,
      conversations: () => sheet.open(history),
      elsewhere: () => sheet.open(elsewhere),
      transcript: () => sheet.open(transcript),
      sound: () => tone.toggle(),
    },
    tone.on,
  );
  const footer = new Footer(chat, speech, composer, attach.element);
  const header = new Header(chat, speech, configNow, menu, host.close, (offline) => footer.setOffline(offline));
  const intro = new Intro(speech, configNow, say);
  const tail = new Tail(chat, speech, () => {
    log.toEnd();
    composer.focus();
  }, [new Away(chat, speech, configNow, answer, () => sheet.open(answer)), new RatingCard(chat, speech, () => log.toEnd())]);
  const log = new Log(
    chat,
    speech,
    host.base,
    { retry: (id) => chat.retry(id), discard: (id) => chat.discard(id), stale: () => chat.refreshFiles() },
    intro.element,
    tail.element,
  );
  const sheet = new Sheet(speech, (open) => {
    log.element.hidden = footer.element.hidden = open;
    if (open) return;
    tail.render();
    log.toEnd();
    look();
    composer.focus();
  });
  chat.onSomebodyElse = () => {
    sheet.close();
    composer.clear();
    menu.mark(false);
    chat.notices.clear();
  };
  chat.onReturned = (text) => composer.restore(text);
  panel.replaceChildren(header.element, sheet.element, log.element, footer.element);
  panel.removeAttribute("aria-busy");
  panel.removeAttribute("aria-label");
  panel.setAttribute("aria-labelledby", "relais-who");
  panel.lang = speech.language;
  takeFiles(panel, composer.field, speech, attach);

  const isShown = () => !panel.hidden && !sheet.isOpen && document.visibilityState === "visible";
  const look = () => {
    if (isShown()) chat.markSeen();
    const count = isShown() ? 0 : chat.unread;
    host.unread(count);
    countInTitle(count);
  };
  chat.onArrival = () => isShown() || tone.play();

  const offer = () => {
    const begun = chat.conversation !== null;
    menu.offer(begun && Boolean(config.elsewhere?.length), begun && Boolean(config.transcript));
  };
  const draw = () => {
    intro.began(chat.messages.length + chat.past.length + chat.outbox.list().length > 0 || chat.conversation !== null);
    tail.render();
    log.render();
    header.render();
    footer.render();
    offer();
  };
  chat.listen((change) => {
    if (change === "typing") return tail.render();
    if (change === "notice") return footer.render();
    draw();
    if (change === "messages") look();
  });
  document.addEventListener("visibilitychange", look);

  const loadConfig = async () => {
    try {
      const response = await fetch(`${host.base}/chat/config?language=${speech.language}`, { credentials: "omit" });
      if (!response.ok) return;
      config = (await response.json()) as Config;
    } catch {
      return; // The last known configuration, or none, serves as well; the connection says what is wrong.
    }
    store.set("config", JSON.stringify(config));
    host.companyAccent(config.accent);
    configured();
  };
  const configured = () => {
    composer.limit = config.max_length;
    chat.tray.limits = config.upload ?? null;
    attach.render();
    header.render();
    intro.render();
    tail.render();
    offer();
  };

  configured();
  intro.began(chat.outbox.list().length > 0 || chat.conversation !== null);
  log.render();
  void loadConfig();
  chat.start();

  return {
    opened: () => {
      composer.fit();
      log.render();
      log.toEnd();
      look();
      if (chat.conversation) void history.unreadElsewhere().then((unread) => menu.mark(unread));
      // On a touch screen, focus would bring the keyboard up over what there is to read.
      if (matchMedia("(pointer: fine)").matches) composer.focus();
      else log.scroller.focus({ preventScroll: true });
    },
    closed: () => look(),
    language: setLanguage,
    user: (token) => chat.signIn(token),
    ask: (text) => {
      sheet.close();
      composer.restore(text);
      composer.focus();
    },
  };
}

window.__relaisMount = mount;
