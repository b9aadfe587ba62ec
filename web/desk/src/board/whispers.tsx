// What a supervisor whispers to the agent who has a conversation: above where they write, and nowhere else.

import { MessageCircleWarning } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { clock } from "../format";
import { Icon } from "../ui/bits";
import { useDesk, useLanguage, useText } from "../ui/hooks";
import { useHeard } from "./heard";
import type { Whisper } from "./types";

const SHOWN = 3;

export function Whispers({ id }: { id: string }) {
  const { api } = useDesk();
  const t = useText();
  const language = useLanguage();
  const [said, set] = useState<Whisper[]>([]);
  const load = (): void => {
    api.whispers(id).then(({ whispers }) => {
      const mine = whispers.filter((each) => !each.mine);
      set(mine);
      if (mine.some((each) => each.read_at === null)) void api.heardWhispers(id).catch(() => {});
    }).catch(() => {});
  };
  useEffect(load, [id]);
  useHeard((frame) => {
    if (frame.type === "whisper" && frame.conversation === id) load();
  });
  return (
    <div role="status" class="whispers" data-testid="whispers">
      {said.slice(-SHOWN).map((each) => (
        <p key={each.id} class="whisper" data-testid="whisper-heard">
          <Icon of={MessageCircleWarning} />
          <span><strong>{t.board.whispers(each.from ?? "")}</strong> <time dateTime={each.at}>{clock(each.at, language)}</time> <span dir="auto">{each.text}</span></span>
        </p>
      ))}
    </div>
  );
}
