// The page where administrators connect channels and see how each account is doing.

import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Account, Channel } from "../types";
import { AccountItem } from "./account-item";
import { ChannelIcon, Icon, useChannelName } from "./bits";
import { useDesk, useSelect, useText } from "./hooks";
import { mayOpen, Page, useLoaded, Waiting, type Loaded } from "./page";
import { SettingsForm } from "./settings-form";

export function ChannelsPage() {
  const agent = useSelect((state) => state.agent);
  return <Page name="channels">{mayOpen("channels", agent) && <Channels />}</Page>;
}

function Channels() {
  const desk = useDesk();
  const t = useText();
  const loaded = useLoaded(async () => (await desk.api.channels()).channels);
  if (!loaded.value || loaded.failed) return <Waiting loaded={loaded} />;
  if (loaded.value.length === 0) {
    return <div class="empty"><p class="empty-title">{t.channels.empty}</p><p>{t.channels.emptyText}</p></div>;
  }
  return (
    <>
      <p class="page-lead">{t.channels.lead}</p>
      {loaded.value.map((channel) => <ChannelPart key={channel.name} channel={channel} loaded={loaded} />)}
    </>
  );
}

/** The channel's accounts with one of them replaced, added or (with null) taken out. */
function withAccount(channels: Channel[], name: string, account: string, now: Account | null): Channel[] {
  return channels.map((channel) => {
    if (channel.name !== name) return channel;
    const known = channel.accounts.some((one) => one.name === account);
    const accounts = known
      ? channel.accounts.flatMap((one) => (one.name === account ? now ?? [] : one))
      : [...channel.accounts, ...(now ? [now] : [])];
    return { ...channel, accounts };
  });
}

function ChannelPart({ channel, loaded }: { channel: Channel; loaded: Loaded<Channel[]> }) {
  const t = useText();
  const [adding, setAdding] = useState(false);
  const named = useChannelName();
  const title = channel.label || named(channel.name);
  const changed = (name: string, account: Account | null): void =>
    loaded.set((channels) => withAccount(channels, channel.name, name, account));
  return (
    <section class="channel" data-testid="channel" data-channel={channel.name} aria-labelledby={`channel-${channel.name}`}>
      <header class="channel-top">
        <ChannelIcon channel={channel.name} silent />
        <h2 id={`channel-${channel.name}`}>{title}</h2>
        {!channel.always && !adding && (
          <button type="button" class="button" data-testid="add-account" aria-label={t.channels.addTo(title)} onClick={() => setAdding(true)}>
            <Icon of={Plus} />{t.channels.add}
          </button>
        )}
      </header>
      {channel.accounts.map((account) => (
        <AccountItem key={account.name} channel={channel} account={account} changed={(now) => changed(account.name, now)} />
      ))}
      {channel.accounts.length === 0 && !adding && (
        <p class="quiet channel-none">{channel.always ? t.channels.nothingToSet : `${t.channels.none}. ${t.channels.noneText}`}</p>
      )}
      {adding && (
        <SettingsForm
          channel={channel} account={null} onCancel={() => setAdding(false)}
          onSaved={(account) => {
            setAdding(false);
            changed(account.name, account);
          }}
        />
      )}
    </section>
  );
}
