// Where a closed conversation shows its wrap-up, and asks the agent who closed it for theirs.

import type { Summary } from "../types";
import { register } from "../ui/commands";
import { useMay } from "../ui/hooks";
import { later } from "../ui/later";

const Card = later(() => import("./card").then((module) => module.WrapUpCard));

register(
  {
    id: "wrap-up", group: "conversation", words: { fr: "Remplir le compte rendu", en: "Write the wrap-up" },
    also: { fr: "clôture motif résumé", en: "closing reason summary" }, shortcut: "q", may: "conversations.write",
    when: ({ page, open }) => page === "conversations" && open?.summary?.owner.kind === "nobody",
  },
  {
    id: "wrap-up.next", group: "conversation", words: { fr: "Aller au compte rendu en attente", en: "Go to the wrap-up that waits" },
    also: { fr: "clôture reste", en: "closing left" }, may: "conversations.write",
    run: (desk) => void import("./pending").then(({ goToPending }) => goToPending(desk)).catch(() => {}),
  },
);

export function WrapUpPlace({ summary }: { summary: Summary }) {
  const reads = useMay("conversations.read");
  if (!reads || summary.owner.kind !== "nobody") return null;
  return <Card key={`${summary.id} ${summary.version}`} id={summary.id} />;
}
