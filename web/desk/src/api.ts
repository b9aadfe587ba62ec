// What the desk asks of the server.

import type { KnownFact, Whisper } from "./board/types";
import type {
  Along, CannedReply, Criteria, Filled, Filters, SavedFilter, ContactWish, ConversationAnswer, DeskMessage, Intents, Language, ListAnswer, Offers, Original, Presence, Session,
  Summary, View, Ways,
} from "./types";
import { ChannelCalls } from "./api.channels";
import { PLATFORM_LIMIT, Refused } from "./requests";
import type { BulkAnswer, BulkWork, Macro, MacroChoices, StepDone, Tag } from "./types.sorting";
import type { Mentionable, PrivateNote, Reminder } from "./types.notes";
import type { Offer, Whereabouts, WhyNot } from "./types.routing";
import type { Colleagues, Company, Found, Passing } from "./types.working";

export { mayPass, Refused, Unreachable } from "./requests";

export interface ListQuery {
  view: View;
  q?: string;
  criteria?: Criteria;
  limit?: number;
  before?: string | null;
}

export class Api extends ChannelCalls {
  async signIn(email: string, password: string, code?: string): Promise<Session> {
    const session = await this.call<Session>("POST", "/session", { email, password, ...(code && { code }) }, false);
    this.csrf = session.csrf;
    return session;
  }

  /** The session the cookie stands for; null when there is none. */
  async session(): Promise<Session | null> {
    try {
      const session = await this.call<Session>("GET", "/session", undefined, false);
      this.csrf = session.csrf;
      return session;
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return null;
      throw error;
    }
  }

  /** What the sign-in page offers beside a password. */
  signInWays = (): Promise<{ sso: string | null }> => this.call("GET", "/sign-in", undefined, false);

  async signOut(): Promise<void> {
    await this.call("DELETE", "/session", undefined, false);
    this.csrf = null;
  }

  setSession(change: { language?: Language; presence?: Presence }): Promise<Partial<Session>> {
    return this.call("PATCH", "/session", change);
  }

  list({ view, q, criteria = {}, limit = 50, before }: ListQuery): Promise<ListAnswer> {
    const params = new URLSearchParams({ view, limit: String(limit), ...criteria });
    if (q) params.set("q", q);
    if (before) params.set("before", before);
    return this.call("GET", `/conversations?${params}`);
  }

  conversation(id: string): Promise<ConversationAnswer> {
    return this.call("GET", path(id));
  }

  messages(id: string, after: number): Promise<{ messages: DeskMessage[] }> {
    return this.call("GET", `${path(id)}/messages?after=${after}`);
  }

  /** Which messages of a conversation hold these words. */
  found(id: string, words: string): Promise<{ seqs: number[] }> {
    return this.call("GET", `${path(id)}/found?${new URLSearchParams({ words })}`);
  }

  take(id: string, version: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/take`, { version });
  }

  send(id: string, clientId: string, text: string, files: string[] = [], along: Along = {}): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages`, { client_id: clientId, text, ...(files.length > 0 && { files }), ...along });
  }

  intents(): Promise<Intents> {
    return this.call("GET", "/intents");
  }

  correct(id: string, seq: number, intent: string | null): Promise<DeskMessage> {
    return this.call("PUT", `${path(id)}/messages/${seq}/intent`, { intent });
  }

  resend(id: string, seq: number): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages/${seq}/resend`);
  }

  original(id: string, seq: number, images: boolean): Promise<Original> {
    return this.call("GET", `${path(id)}/messages/${seq}/original?images=${images ? 1 : 0}`);
  }

  ways(id: string): Promise<Ways> {
    return this.call("GET", `${path(id)}/elsewhere`);
  }

  offerElsewhere(id: string, channel: string): Promise<{ text: string }> {
    return this.call("POST", `${path(id)}/elsewhere`, { channel });
  }

  split(id: string, seq: number): Promise<{ conversation?: Summary }> {
    return this.call("POST", `${path(id)}/split`, { seq });
  }

  unsplit(id: string): Promise<{ conversation?: Summary }> {
    return this.call("POST", `${path(id)}/unsplit`, {});
  }

  release(id: string, version: number, note: string): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/release`, { version, note });
  }

  /** `seen`, here and below: the last message that the agent had before their eyes. */
  close(id: string, version: number, seen?: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/close`, { version, seen });
  }

  routingOffers = (): Promise<{ offers: Offer[] }> => this.call("GET", "/routing/offers");

  acceptOffer = (id: string): Promise<{ conversation: Summary | null }> => this.call("POST", `/routing/offers/${encodeURIComponent(id)}/accept`);

  declineOffer = (id: string, why?: WhyNot): Promise<{ offers: Offer[] }> => this.call("POST", `/routing/offers/${encodeURIComponent(id)}/decline`, why && { why });

  whereabouts = (): Promise<Whereabouts> => this.call("GET", "/presence");

  bePresent = (presence: Presence, reason: string, channels?: Whereabouts["channels"]): Promise<Whereabouts> => this.call("PUT", "/presence", { presence, reason, ...(channels && { channels }) });

  find = (words: string): Promise<Found> => this.call("GET", `/find?${new URLSearchParams({ q: words })}`);

  colleagues = (): Promise<Colleagues> => this.call("GET", "/routing/colleagues");

  transfer = (id: string, to: Passing): Promise<{ conversation: Summary }> => this.call("POST", `${path(id)}/transfer`, to);

  invite = (id: string, given: { agent: string; note: string }): Promise<{ id: string }> => this.call("POST", `${path(id)}/invite`, given);

  stepOut = (id: string): Promise<{ conversation: Summary }> => this.call("POST", `${path(id)}/step-out`, {});

  assign = (id: string, given: { version: number; agent: string; reason: string }): Promise<{ conversation: Summary }> => this.call("POST", `${path(id)}/assign`, given);

  company = (id: string): Promise<Company> => this.call("GET", `${path(id)}/company`);

  tabs = (ids: string[]): Promise<{ items: Summary[] }> => this.call("GET", `/tabs?${new URLSearchParams({ ids: ids.join(",") })}`);

  before = (id: string, seq: number, limit: number): Promise<{ messages: DeskMessage[]; more: boolean }> => this.call("GET", `${path(id)}/before?seq=${seq}&limit=${limit}`);

  earlier = (id: string, before: string | null): Promise<{ items: Summary[]; next: string | null }> =>
    this.call("GET", `${path(id)}/earlier${before ? `?${new URLSearchParams({ before })}` : ""}`);

  snooze(id: string, version: number, until: string | null, seen?: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/snooze`, { version, until, seen });
  }

  wake(id: string, version: number): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/wake`, { version });
  }

  /** Has the server keep an answer back for some seconds before it is said. */
  hold(id: string, clientId: string, text: string, files: string[] = [], along: Along = {}): Promise<{ seconds_left: number }> {
    return this.call("POST", `${path(id)}/held`, { client_id: clientId, text, ...(files.length > 0 && { files }), ...along });
  }

  takeBack = (clientId: string): Promise<{ text: string }> => this.call("DELETE", `/held/${encodeURIComponent(clientId)}`);

  keepDraft = (id: string, text: string): Promise<void> => this.call("PUT", `${path(id)}/draft`, { text });

  cannedReplies(id: string, words: string): Promise<{ items: CannedReply[] }> {
    return this.call("GET", `${path(id)}/canned?${new URLSearchParams({ q: words })}`);
  }

  filledReply = (id: string, reply: string): Promise<Filled> => this.call("GET", `${path(id)}/canned/${encodeURIComponent(reply)}`);

  notes = (id: string): Promise<{ notes: PrivateNote[]; unread: number }> => this.call("GET", `${path(id)}/notes`);

  writeNote = (id: string, clientId: string, text: string): Promise<{ note: PrivateNote }> => this.call("POST", `${path(id)}/notes`, { client_id: clientId, text });

  readNotes = (id: string): Promise<{ read: number }> => this.call("POST", `${path(id)}/notes/read`, {});

  editNote = (note: string, text: string, version: number): Promise<{ note: PrivateNote }> => this.call("PUT", `/notes/${encodeURIComponent(note)}`, { text, version });

  removeNote = (note: string): Promise<void> => this.call("DELETE", `/notes/${encodeURIComponent(note)}`);

  mentionable = (): Promise<{ items: Mentionable[] }> => this.call("GET", "/mentionable");

  reminders = (): Promise<{ items: Reminder[] }> => this.call("GET", "/reminders");

  remind = (id: string, clientId: string, text: string, dueAt: string): Promise<{ reminder: Reminder }> => this.call("POST", `${path(id)}/reminders`, { client_id: clientId, text, due_at: dueAt });

  changeReminder = (id: string, change: { due_at?: string; done?: boolean }): Promise<{ reminder: Reminder }> => this.call("PATCH", `/reminders/${encodeURIComponent(id)}`, change);

  tags = (): Promise<{ items: Tag[] }> => this.call("GET", "/tags");

  tag(id: string, change: { add?: string[]; remove?: string[] }): Promise<{ conversation: Summary }> {
    return this.call("POST", `${path(id)}/tags`, change);
  }

  bulk(conversations: { id: string; version: number; seen?: number }[], work: BulkWork): Promise<BulkAnswer> {
    return this.call("POST", "/bulk", { conversations, ...work }, true, PLATFORM_LIMIT);
  }

  macros = (): Promise<{ items: Macro[] }> => this.call("GET", "/macros");

  macroChoices = (): Promise<MacroChoices> => this.call("GET", "/macro-choices");

  previewMacro(id: string, macro: string, version: number, clientId: string, seen?: number): Promise<{ steps: StepDone[] }> {
    return this.call("POST", `${path(id)}/macros/${encodeURIComponent(macro)}/preview`, { version, client_id: clientId, seen });
  }

  runMacro(id: string, macro: string, version: number, clientId: string, seen?: number): Promise<{ done: boolean; steps: StepDone[]; insert: string; conversation: Summary }> {
    return this.call("POST", `${path(id)}/macros/${encodeURIComponent(macro)}`, { version, client_id: clientId, seen });
  }

  filters = (): Promise<Filters> => this.call("GET", "/filters");

  saveFilter(name: string, view: View, criteria: Criteria, shared: boolean): Promise<{ filter: SavedFilter }> {
    return this.call("POST", "/filters", { name, view, criteria, shared });
  }

  deleteFilter = (id: string): Promise<void> => this.call("DELETE", `/filters/${encodeURIComponent(id)}`);

  typing(id: string): Promise<void> {
    return this.call("POST", `${path(id)}/typing`);
  }

  offers = (id: string): Promise<Offers> => this.call("GET", `${path(id)}/offers`);

  contact = (id: string): Promise<{ contact: ContactWish }> => this.call("GET", `${path(id)}/contact`);

  chooseContact(id: string, channel: string | null): Promise<{ contact: ContactWish }> {
    return this.call("PUT", `${path(id)}/contact`, { channel });
  }

  setMessageAside(id: string, seq: number, why: string): Promise<{ message: DeskMessage }> {
    return this.call("POST", `${path(id)}/messages/${seq}/aside`, { why });
  }

  /** What these words would ask for although it is known. */
  known = (id: string, text: string): Promise<{ known: KnownFact[] }> => this.call("POST", `${path(id)}/known`, { text });

  whispers = (id: string): Promise<{ whispers: Whisper[] }> => this.call("GET", `${path(id)}/whispers`);

  heardWhispers = (id: string): Promise<void> => this.call("POST", `${path(id)}/whispers/read`, {});
}

function path(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
}
