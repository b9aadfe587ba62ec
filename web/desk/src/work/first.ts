// The first things an agent learns, noticed as they are done.

import type { Store } from "../state/store";
import type { Keep } from "./keep";

export const STEPS = ["take", "answer", "palette", "presence"] as const;
export type Step = (typeof STEPS)[number];

export function learn(keep: Keep, step: Step): void {
  const { guided, learnt } = keep.preferences;
  if (guided && !learnt.includes(step)) keep.prefer({ learnt: [...learnt, step] });
}

/** Notices what the state tells of them. */
export function watch(store: Store, keep: Keep): void {
  let { open } = store.state;
  store.listen(() => {
    const { open: now, agent } = store.state;
    if (now === open || !now || !agent || !keep.preferences.guided) return;
    open = now;
    if (now.summary?.owner.kind === "agent" && now.summary.owner.id === agent.id) learn(keep, "take");
    if (now.messages[now.messages.length - 1]?.agent_id === agent.id) learn(keep, "answer");
  });
}
