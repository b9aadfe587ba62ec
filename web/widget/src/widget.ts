/** The full widget: puts conversation and views together inside the panel the launcher lends. */
import tokens from "@shared/tokens.css?inline";
import type { Language } from "@shared/language";
import { countInTitle, Tone } from "./attention";
import { Chat } from "./chat/chat";
import { Company } from "./chat/company";
import type { FileRef } from "./chat/protocol";
import type { Host, Widget } from "./host";
import { Speech } from "./i18n";
import composerStyles from "./styles/composer.css?inline";
import filesStyles from "./styles/files.css?inline";
import panelStyles from "./styles/panel.css?inline";
import formStyles from "./styles/forms.css?inline";
import sheetStyles from "./styles/sheet.css?inline";
import streamStyles from "./styles/stream.css?inline";
import { Attach, takeFiles } from "./view/attach";
import { BeforeForm } from "./view/before";
import { Composer } from "./view/composer";
import { EMAIL, fieldOf } from "./view/field";
import { Footer } from "./view/footer";
import { Header } from "./view/header";
import { Intro } from "./view/intro";
import { Later } from "./view/later";
import { Log } from "./view/log";
import { Menu } from "./view/menu";
import { Sheet } from "./view/sheet";
import { Tail } from "./view/tail";

export function mount(host: Host): Widget {
  const { panel, store } = host;
  host.addStyles(tokens + panelStyles + streamStyles + composerStyles + filesStyles + sheetStyles + formStyles);
  const speech = new Speech(host.language);
  const chat = new Chat(host.base, store, host.language, host.user);
  const tone = new Tone(store);
  const company = new Company(host.base, store, () => speech.language, () => {
    host.companyAccent(company.config.accent);
    configured();
  });
  const configNow = () => company.config;

  const say = (text: string, files: FileRef[] = []) => {
    if (chat.say(text, { files })) log.toEnd(true);
  };
  const setLanguage = (language: Language) => {
    if (language === speech.language) return;
    host.languageChanged(language);
    chat.switchLanguage(language);
    speech.switch(language);
    panel.lang = language;
    log.render();
    void company.load();
  };
  const begin = () => form.focus() || composer.focus();
  const anew = () => {
    sheet.close();
    chat.startAnew();
    begin();
  };

  const attach = new Attach(chat.tray, speech, (text) => chat.notices.tell(text), () => composer.focus());
  const composer = new Composer(speech, store, { say, ready: () => chat.mayBegin(), typing: () => chat.nowTyping() }, chat.tray, attach);
  const later = new Later(host, speech);
  const history = later.page("conversations", (more) => new more.History(chat, speech, { opened: () => sheet.close(), anew }));
  const elsewhere = later.page("elsewhere", (more) => new more.Elsewhere(chat, speech, () => company.config.elsewhere ?? []));
  const transcript = later.page("transcript", (more) => new more.ByMail(chat, speech, "transcript", "transcript", "transcriptText"));
  const leave = later.page("leave", (more) => new more.Leave(chat, speech, { email: EMAIL, fieldOf }, () => company.config.max_length, () => {
    sheet.close();
    log.toEnd(true);
  }));
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
  for (const hint of ["pointerenter", "focusin"]) menu.element.addEventListener(hint, later.soon, { once: true });
  const footer = new Footer(chat, speech, composer, attach.element);
  const header = new Header(chat, speech, configNow, menu, host.close, (offline) => footer.setOffline(offline));
  const intro = new Intro(speech, configNow, say, () => sheet.open(leave));
  const form = new BeforeForm(chat, speech, () => company.config.form ?? [], () => {
    draw();
    composer.focus();
  });
  chat.mayBegin = () => form.ready();
  const tail = new Tail(chat, speech, () => {
    log.toEnd();
    composer.focus();
  }, [form, later.below(chat, configNow, (page) => sheet.open(page), () => log.grown())]);
  const log = new Log(
    chat,
    speech,
    host.base,
    { retry: (id) => chat.retry(id), discard: (id) => chat.discard(id), stale: () => chat.refreshFiles(), shared: (room, message) => later.shared(room, message, () => log.grown()) },
    () => company.config.company,
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
    form.clear();
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
    if (isShown()) {
      chat.markSeen();
      company.refresh();
    }
    const count = isShown() ? 0 : chat.unread;
    host.unread(count);
    countInTitle(count);
  };
  chat.onArrival = () => isShown() || tone.play();

  const offer = () => {
    const { elsewhere, transcript } = company.config;
    const begun = chat.conversation !== null;
    menu.offer(begun && Boolean(elsewhere?.length), begun && Boolean(transcript));
  };
  const draw = () => {
    const said = chat.messages.length + chat.past.length + chat.outbox.list().length > 0 || chat.before.greeting !== null;
    intro.began(said || chat.conversation !== null, form.due);
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
    if (chat.owner.kind === "queue") company.refresh(true);
    if (change === "messages") look();
  });
  document.addEventListener("visibilitychange", look);

  const configured = () => {
    composer.limit = company.config.max_length;
    chat.tray.limits = company.config.upload ?? null;
    attach.render();
    intro.render();
    draw();
  };

  configured();
  void company.load();
  chat.start();

  return {
    opened: () => {
      company.refresh();
      composer.fit();
      draw();
      log.toEnd();
      look();
      if (chat.conversation) void chat.requests.newBeside(chat.conversation).then((unread) => menu.mark(unread));
      // On a touch screen, focus would bring the keyboard up over what there is to read.
      if (matchMedia("(pointer: fine)").matches) begin();
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
