// Where the agent is: one of four, with a reason for being away, otherwise on some channels; and what they have in hand.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Presence } from "../types";
import type { ChannelKind, Whereabouts } from "../types.routing";
import { useDesk, useSelect, useText } from "./hooks";

const ALL: readonly Presence[] = ["available", "busy", "away", "offline"];
const KINDS: readonly ChannelKind[] = ["chat", "messaging", "mail", "case"];

export function PresenceChoice() {
  const desk = useDesk();
  const t = useText();
  const presence = useSelect((state) => state.agent?.presence ?? "available");
  const [found, setFound] = useState<Whereabouts | null>(null);
  const [reason, setReason] = useState("");
  const chosen = useRef(false);
  useEffect(() => {
    // An answer that comes after a choice is older than it.
    desk.api.whereabouts().then((now) => {
      if (chosen.current) return;
      setReason(now.reason);
      setFound(now);
    }).catch(() => {});
  }, [desk]);
  const be = (to: Presence, why = "", channels?: Whereabouts["channels"]): void => {
    chosen.current = true;
    setReason(why);
    void desk.working.bePresent(to, why, ...(channels ? [channels] as const : [])).then((now) => now && setFound(now)).catch(() => desk.store.dispatch({ do: "notice", text: t.account.failed }));
  };
  const known = [...new Set(["", ...t.routing.reasons, reason])];
  const automatic = presence === "away" ? found?.automatic ?? null : null;
  return (
    <>
      <label class="menu-row">
        <span>{t.account.presence}</span>
        <select class="presence-choice" data-testid="presence" value={presence} onChange={(event) => be(event.currentTarget.value as Presence)}>
          {ALL.map((one) => <option key={one} value={one}>{t.routing.presences[one]}</option>)}
        </select>
      </label>
      {automatic && (
        <p class="presence-automatic" data-testid="presence-automatic">
          {t.working.presence.automatic[automatic]} <button type="button" class="link" onClick={() => be("available")}>{t.working.presence.back}</button>
        </p>
      )}
      {(presence === "away" || presence === "busy") && (
        <label class="menu-row">
          <span>{t.routing.reason}</span>
          <select class="presence-choice" data-testid="presence-reason" value={reason} onChange={(event) => be(presence, event.currentTarget.value)}>
            {known.map((one) => <option key={one} value={one}>{one || t.routing.noReason}</option>)}
          </select>
        </label>
      )}
      {found && <ByKind channels={found.channels} onChange={(channels) => be(presence, reason, channels)} />}
      {found && <Hands found={found} />}
    </>
  );
}

/** Chats off and mail on, and the like; folded away until something differs. */
function ByKind({ channels, onChange }: { channels: Whereabouts["channels"]; onChange(channels: Whereabouts["channels"]): void }) {
  const t = useText();
  const w = t.working.presence;
  const set = (kind: ChannelKind, to: string): void => {
    const { [kind]: _before, ...others } = channels;
    onChange(to ? { ...others, [kind]: to as Presence } : others);
  };
  return (
    <details class="presence-kinds" open={Object.keys(channels).length > 0}>
      <summary data-testid="presence-kinds">{w.byKind}</summary>
      {KINDS.map((kind) => (
        <label key={kind} class="menu-row">
          <span>{w.kinds[kind]}</span>
          <select class="presence-choice" data-testid={`presence-${kind}`} value={channels[kind] ?? ""} onChange={(event) => set(kind, event.currentTarget.value)}>
            <option value="">{w.same}</option>
            {ALL.map((one) => <option key={one} value={one}>{t.routing.presences[one]}</option>)}
          </select>
        </label>
      ))}
    </details>
  );
}

function Hands({ found: { load = 0, capacity = 0, kinds = {} } }: { found: Whereabouts }) {
  const w = useText().working.presence;
  const chats = (hundredths: number): string => String(Math.round(hundredths / 10) / 10);
  const parts = KINDS.filter((kind) => kinds[kind]).map((kind) => `${w.kinds[kind]}\u00a0${kinds[kind]}`).join(", ");
  return (
    <div class="menu-row presence-hands" data-testid="hands">
      <span>{w.hands}</span>
      <span title={w.handsSay(chats(load), chats(capacity))}>
        <meter class="hands-meter" min={0} max={Math.max(1, capacity)} value={Math.min(load, capacity)} aria-label={w.handsSay(chats(load), chats(capacity))} />
        {w.handsKinds(parts)}
      </span>
    </div>
  );
}
