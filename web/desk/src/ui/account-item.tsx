// One account of a channel: how it is, when it last worked, and what can be done about it.

import { RefreshCw, Send, Settings, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { Refused } from "../api";
import { brief, full } from "../format";
import type { Account, Channel } from "../types";
import { Asides } from "./asides";
import { CopyButton, Icon } from "./bits";
import { useDesk, useLanguage, useNow, useText } from "./hooks";
import { SettingsForm } from "./settings-form";
import { TestForm } from "./test-form";

interface AccountItemProps {
  channel: Channel;
  account: Account;
  /** Null when it is no more. */
  changed(account: Account | null): void;
}

type Health = "ok" | "bad" | "off" | "unknown" | "paused";

export function healthOf(account: Account, now: number): Health {
  if (!account.enabled) return "off";
  if (account.paused_until && Date.parse(account.paused_until) > now) return "paused";
  if (account.ok === null) return "unknown";
  return account.ok ? "ok" : "bad";
}

export function AccountItem({ channel, account, changed }: AccountItemProps) {
  const desk = useDesk();
  const t = useText();
  const [open, setOpen] = useState<"settings" | "test" | "remove" | "asides" | null>(null);
  const [busy, setBusy] = useState<"check" | "switch" | "remove" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const focus = useRef((button: HTMLButtonElement | null) => button?.focus());
  const fixed = account.source === "environment";
  const work = async (what: NonNullable<typeof busy>, run: () => Promise<Account | null>): Promise<void> => {
    if (busy) return;
    setBusy(what);
    setProblem(null);
    try {
      changed(await run());
    } catch (error) {
      const said = error instanceof Refused ? Object.values(error.fields).join(" ") || error.detail : "";
      setProblem(said || t.channels.failed);
    }
    setBusy(null);
  };
  const check = (): Promise<void> => work("check", async () => (await desk.api.checkAccount(channel.name, account.name)).account);
  const turn = (): Promise<void> => work("switch", async () =>
    (await desk.api.saveAccount(channel.name, account.name, { enabled: !account.enabled, settings: account.settings })).account);
  const toggle = (which: NonNullable<typeof open>): void => setOpen(open === which ? null : which);
  return (
    <article class="account-item" data-testid="channel-account" data-account={account.name} aria-label={t.channels.account(account.name)}>
      <Standing account={account} />
      <Facts account={account} always={channel.always ?? false} />
      {(account.set_aside > 0 || open === "asides") && (
        <button type="button" class="link late" data-testid="set-aside" aria-expanded={open === "asides"} onClick={() => toggle("asides")}>
          {t.asides.count(account.set_aside)}
        </button>
      )}
      {open === "asides" && (
        <Asides channel={channel.name} account={account.name} counted={(count) => changed({ ...account, set_aside: count })} />
      )}
      {problem && <p class="gate-problem" role="alert">{problem}</p>}
      <div class="account-acts">
        <button type="button" class="button" data-testid="check" aria-disabled={busy !== null} onClick={() => void check()}>
          <Icon of={RefreshCw} />{busy === "check" ? t.channels.checking : t.channels.check}
        </button>
        {!channel.always && (
          <button type="button" class="button" data-testid="test" aria-expanded={open === "test"} onClick={() => toggle("test")}>
            <Icon of={Send} />{t.channels.test}
          </button>
        )}
        {!fixed && channel.fields.length > 0 && (
          <button type="button" class="button" data-testid="settings" aria-expanded={open === "settings"} onClick={() => toggle("settings")}>
            <Icon of={Settings} />{open === "settings" ? t.channels.hide : t.channels.edit}
          </button>
        )}
        {!fixed && !channel.always && (
          <>
            <button type="button" class="button" data-testid="switch" aria-disabled={busy !== null} onClick={() => void turn()}>
              {account.enabled ? t.channels.disable : t.channels.enable}
            </button>
            <button type="button" class="button" data-testid="delete" aria-expanded={open === "remove"} onClick={() => toggle("remove")}>
              <Icon of={Trash2} />{t.channels.remove}
            </button>
          </>
        )}
      </div>
      {fixed && <p class="quiet">{t.channels.environmentText}</p>}
      {open === "test" && <TestForm channel={channel.name} account={account.name} />}
      {open === "settings" && (
        <SettingsForm
          channel={channel} account={account} onCancel={() => setOpen(null)}
          onSaved={(now) => {
            changed(now);
            setOpen(null);
          }}
        />
      )}
      {open === "remove" && (
        <div class="sure" role="group" aria-label={t.channels.removeSure(account.name)}>
          <p><strong>{t.channels.removeSure(account.name)}</strong> {t.channels.removeText}</p>
          <button
            type="button" class="button danger" data-testid="delete-confirm" aria-disabled={busy !== null} ref={focus.current}
            onClick={() => void work("remove", async () => {
              await desk.api.deleteAccount(channel.name, account.name);
              return null;
            })}
          >
            {t.channels.removeYes}
          </button>
          <button type="button" class="button" onClick={() => setOpen(null)}>{t.channels.removeNo}</button>
        </div>
      )}
    </article>
  );
}

function Standing({ account }: { account: Account }) {
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const health = healthOf(account, now);
  return (
    <header class="account-top">
      <h3 dir="auto">{account.shown_as || account.name}{account.shown_as && account.shown_as !== account.name && <span class="quiet"> {account.name}</span>}</h3>
      <p class={`health health-${health}`} data-testid="health" data-health={health}>
        <span class="health-dot" aria-hidden="true" />
        <span>{t.channels.health[health]}</span>
        {account.checked_at && <span class="quiet">{t.channels.checkedAt(brief(account.checked_at, now, language))}</span>}
      </p>
      {account.source === "environment" && <span class="tag">{t.channels.environment}</span>}
    </header>
  );
}

function Facts({ account, always }: { account: Account; always: boolean }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const at = (time: string | null): string => (time ? full(time, language) : t.channels.never);
  return (
    <>
      {account.detail && <p class="account-detail" dir="auto">{account.detail}</p>}
      <dl class="facts account-facts">
        <div><dt>{t.channels.lastIn}</dt><dd><span>{at(account.last_in_at)}</span></dd></div>
        <div><dt>{t.channels.lastOut}</dt><dd><span>{at(account.last_out_at)}</span></dd></div>
        {account.paused_until && <div><dt>{t.channels.pausedUntil}</dt><dd><span>{at(account.paused_until)}</span></dd></div>}
        {account.last_error && (
          <div><dt>{t.channels.lastError}</dt><dd dir="auto"><span>{account.last_error}{account.last_error_at && <span class="quiet"> ({at(account.last_error_at)})</span>}</span></dd></div>
        )}
        {!always && (
          <div><dt>{t.channels.hook}</dt><dd class="hook"><span title={t.channels.hookHelp}>{account.hook}</span><CopyButton text={account.hook} what={t.channels.hook} /></dd></div>
        )}
      </dl>
      {account.undelivered > 0 && (
        <button type="button" class="link late" data-testid="undelivered" onClick={() => desk.go({ page: "undelivered" })}>{t.channels.undelivered(account.undelivered)}</button>
      )}
    </>
  );
}
