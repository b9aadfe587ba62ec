// The account menu: presence, language, theme and the habits of this screen.

import { BookOpen, Cable, ChartColumn, FolderKanban, Gauge, Keyboard, LogOut, MailWarning, Settings, UserCog, Users } from "lucide-preact";
import { Icon, Key, Segments } from "./bits";
import { emit } from "./commands";
import { useDesk, useLanguage, usePreferences, useSelect, useText } from "./hooks";
import { NAME as CASES_NAME, NEEDS as CASES } from "../cases/command";
import { NAME as CUSTOMERS_NAME, NEEDS as CUSTOMERS } from "../customers/command";
import { NAME as KNOWLEDGE_NAME, NEEDS as KNOWLEDGE } from "../knowledge/command";
import { NAME as REPORTS_NAME, NEEDS as REPORTS } from "../reports/command";
import { useMenu } from "./menu";
import { mayOpen } from "./page";
import { PresenceChoice } from "./presence";

export function AccountMenu() {
  const t = useText();
  const agent = useSelect((state) => state.agent);
  const { open, setOpen, box, button, key } = useMenu();

  if (!agent) return null;
  const presence = t.routing.presences[agent.presence];
  return (
    <div class="account" ref={box} onKeyDown={key}>
      <button
        ref={button} type="button" class="account-button" data-testid="account" aria-expanded={open}
        aria-label={`${t.account.label}, ${agent.name}, ${presence}`} title={agent.name} onClick={() => setOpen(!open)}
      >
        <span class="avatar" aria-hidden="true" data-initials={initials(agent.name)} />
        <span class={`presence presence-${agent.presence}`} aria-hidden="true" />
      </button>
      {open && <Menu onClose={() => setOpen(false)} />}
    </div>
  );
}

function Menu({ onClose }: { onClose(): void }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const agent = useSelect((state) => state.agent);
  const preferences = usePreferences();
  if (!agent) return null;
  const tell = (): void => desk.store.dispatch({ do: "notice", text: t.account.failed });
  return (
    <div class="menu" role="group" aria-label={t.account.label}>
      <p class="menu-who"><strong>{agent.name}</strong><span class="quiet">{agent.email}</span><span class="quiet">{agent.role_name[language] ?? agent.role}</span></p>
      <PresenceChoice />
      <div class="menu-row">
        <span>{t.account.language}</span>
        <Segments
          label={t.account.language} name="language" testId="language" value={language}
          onChange={(to) => void desk.setSession({ language: to }).catch(tell)}
          choices={[{ value: "fr", label: "Français" }, { value: "en", label: "English" }]}
        />
      </div>
      <div class="menu-row">
        <span>{t.account.theme}</span>
        <Segments
          label={t.account.theme} name="theme" testId="theme" value={preferences.theme}
          onChange={(theme) => desk.keep.prefer({ theme })}
          choices={[
            { value: "system", label: t.account.themes.system }, { value: "light", label: t.account.themes.light },
            { value: "dark", label: t.account.themes.dark },
          ]}
        />
      </div>
      <hr />
      <Toggle label={t.account.enterSends} on={preferences.enterSends} onChange={(enterSends) => desk.keep.prefer({ enterSends })} />
      <Toggle label={t.inbox.undoSend} on={preferences.undoSend} onChange={(undoSend) => desk.keep.prefer({ undoSend })} />
      <Toggle label={t.account.sound} on={preferences.sound} onChange={(sound) => desk.keep.prefer({ sound })} />
      <hr />
      {agent.permissions.includes(CASES) && (
        <button type="button" class="menu-item" data-testid="go-cases" onClick={() => desk.go({ page: "cases" })}>
          <Icon of={FolderKanban} />{CASES_NAME[language]}<Key>⇧ O</Key>
        </button>
      )}
      {agent.permissions.includes(CUSTOMERS) && (
        <button type="button" class="menu-item" data-testid="go-customers" onClick={() => desk.go({ page: "customers" })}>
          <Icon of={Users} />{CUSTOMERS_NAME[language]}<Key>⇧ C</Key>
        </button>
      )}
      {mayOpen("channels", agent) && (
        <button type="button" class="menu-item" data-testid="go-channels" onClick={() => desk.go({ page: "channels" })}>
          <Icon of={Cable} />{t.pages.channels}<Key>c</Key>
        </button>
      )}
      {mayOpen("undelivered", agent) && (
        <button type="button" class="menu-item" data-testid="go-undelivered" onClick={() => desk.go({ page: "undelivered" })}>
          <Icon of={MailWarning} />{t.pages.undelivered}<Key>u</Key>
        </button>
      )}
      {agent.permissions.includes("conversations.supervise") && (
        <button type="button" class="menu-item" data-testid="go-board" onClick={() => desk.go({ page: "board" })}>
          <Icon of={Gauge} />{t.board.title}<Key>⇧ M</Key>
        </button>
      )}
      {agent.permissions.includes(KNOWLEDGE) && (
        <button type="button" class="menu-item" data-testid="go-knowledge" onClick={() => desk.go({ page: "knowledge" })}>
          <Icon of={BookOpen} />{KNOWLEDGE_NAME[language]}<Key>⇧ A</Key>
        </button>
      )}
      {agent.permissions.includes(REPORTS) && (
        <button type="button" class="menu-item" data-testid="go-reports" onClick={() => desk.go({ page: "reports" })}>
          <Icon of={ChartColumn} />{REPORTS_NAME[language]}<Key>⇧ R</Key>
        </button>
      )}
      {mayOpen("admin", agent) && (
        <button type="button" class="menu-item" data-testid="go-admin" onClick={() => desk.go({ page: "admin" })}>
          <Icon of={Settings} />{t.administration.title}<Key>s</Key>
        </button>
      )}
      <button type="button" class="menu-item" data-testid="go-account" onClick={() => desk.go({ page: "account" })}>
        <Icon of={UserCog} />{t.administration.account}
      </button>
      <button
        type="button" class="menu-item" onClick={() => {
          onClose();
          emit("help");
        }}
      >
        <Icon of={Keyboard} />{t.account.shortcuts}<Key>?</Key>
      </button>
      <button type="button" class="menu-item" data-testid="signout" onClick={() => void desk.signOut().catch(tell)}>
        <Icon of={LogOut} />{t.account.signout}
      </button>
    </div>
  );
}

function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange(on: boolean): void }) {
  return (
    <label class="menu-row toggle">
      <span>{label}</span>
      <input type="checkbox" role="switch" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
    </label>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words[words.length - 1] : undefined]
    .map((word) => word?.charAt(0) ?? "").join("").toUpperCase();
}
