// What the desk asks of the server about channels: their accounts, what these set aside, and what could not be delivered.

import { PLATFORM_LIMIT, Requests } from "./requests";
import type { Account, Channel, ChannelNames, SetAside, Undelivered } from "./types";

export class ChannelCalls extends Requests {
  channels(): Promise<{ channels: Channel[] }> {
    return this.call("GET", "/channels");
  }

  saveAccount(channel: string, account: string, wanted: { enabled: boolean; settings: Record<string, unknown> }): Promise<{ account: Account }> {
    return this.call("PUT", accountPath(channel, account), wanted, true, PLATFORM_LIMIT);
  }

  deleteAccount(channel: string, account: string): Promise<void> {
    return this.call("DELETE", accountPath(channel, account));
  }

  checkAccount(channel: string, account: string): Promise<{ account: Account }> {
    return this.call("POST", `${accountPath(channel, account)}/check`, {}, true, PLATFORM_LIMIT);
  }

  testAccount(channel: string, account: string, to: string): Promise<{ id: string }> {
    return this.call("POST", `${accountPath(channel, account)}/test`, { to }, true, PLATFORM_LIMIT);
  }

  asides(channel: string, account: string): Promise<{ items: SetAside[]; count: number }> {
    return this.call("GET", `${accountPath(channel, account)}/asides`);
  }

  wishAside(channel: string, account: string, id: string, wish: "again" | "leave"): Promise<{ items: SetAside[]; count: number }> {
    return this.call("POST", `${accountPath(channel, account)}/asides/${encodeURIComponent(id)}`, { do: wish });
  }

  channelNames = (): Promise<{ ways: ChannelNames; copies: string[] }> => this.call("GET", "/ways");

  deliveries(query: { channel?: string; account?: string; aside?: string; before?: string | null }): Promise<{ items: Undelivered[]; next: string | null }> {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value) params.set(name, value);
    return this.call("GET", `/deliveries${params.size ? `?${params}` : ""}`);
  }

  replay(id: string): Promise<void> {
    return this.call("POST", `/deliveries/${encodeURIComponent(id)}/replay`, {});
  }

  setAside(id: string, why: string): Promise<void> {
    return this.call("POST", `/deliveries/${encodeURIComponent(id)}/aside`, { why });
  }

  replayAll(channel: string, account: string): Promise<{ count: number; left: number }> {
    return this.call("POST", "/deliveries/replay", { channel, account });
  }
}

function accountPath(channel: string, account: string): string {
  return `/channels/${encodeURIComponent(channel)}/${encodeURIComponent(account)}`;
}
