// Where the agent is: one of four, with a reason for being away.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Presence } from "../types";
import { useDesk, useSelect, useText } from "./hooks";

const ALL: readonly Presence[] = ["available", "busy", "away", "offline"];

export function PresenceChoice() {
  const desk = useDesk();
  const t = useText();
  const presence = useSelect((state) => state.agent?.presence ?? "available");
  const [reason, setReason] = useState("");
  const chosen = useRef(false);
  useEffect(() => {
    // An answer that comes after a choice is older than it.
    desk.api.whereabouts().then((found) => chosen.current || setReason(found.reason)).catch(() => {});
  }, [desk]);
  const be = (to: Presence, why = ""): void => {
    chosen.current = true;
    setReason(why);
    void desk.bePresent(to, why).catch(() => desk.store.dispatch({ do: "notice", text: t.account.failed }));
  };
  const known = [...new Set(["", ...t.routing.reasons, reason])];
  return (
    <>
      <label class="menu-row">
        <span>{t.account.presence}</span>
        <select class="presence-choice" data-testid="presence" value={presence} onChange={(event) => be(event.currentTarget.value as Presence)}>
          {ALL.map((one) => <option key={one} value={one}>{t.routing.presences[one]}</option>)}
        </select>
      </label>
      {(presence === "away" || presence === "busy") && (
        <label class="menu-row">
          <span>{t.routing.reason}</span>
          <select class="presence-choice" data-testid="presence-reason" value={reason} onChange={(event) => be(presence, event.currentTarget.value)}>
            {known.map((one) => <option key={one} value={one}>{one || t.routing.noReason}</option>)}
          </select>
        </label>
      )}
    </>
  );
}
