// An answer on its way, and one that did not leave.

import { Clock, TriangleAlert } from "lucide-preact";
import type { Outgoing } from "../state/conversation";
import { Icon, PlainText } from "./bits";
import { Files, SharedPlace } from "./carried";
import { emit } from "./commands";
import { useDesk, useSelect, useText } from "./hooks";

export function OutgoingItem({ one, id }: { one: Outgoing; id: string }) {
  const desk = useDesk();
  const t = useText();
  const online = useSelect((state) => state.connection === "online");
  const backToComposer = (): void => {
    const draft = desk.keep.draft(id);
    desk.keep.setDraft(id, draft ? `${one.text}\n${draft}` : one.text);
    desk.outbox.discard(id, one.clientId);
    emit("reply");
  };
  return (
    <div class={`message from-agent outgoing outgoing-${one.state}`} data-testid="message" data-from="agent" data-state={one.state}>
      <div class="message-line">
        <div class="bubble">
          {one.text && <p class="message-text" dir="auto"><PlainText text={one.text} /></p>}
          <Files files={one.files ?? []} />
          {one.along?.location && <SharedPlace place={one.along.location} />}
        </div>
      </div>
      {one.state === "failed" ? (
        <p class="unsent" role="alert">
          <Icon of={TriangleAlert} size={14} />
          <span>{one.reason || t.transcript.notSent}</span>
          <button type="button" class="link" data-testid="retry" onClick={() => desk.outbox.retry(id, one.clientId)}>{t.transcript.retry}</button>
          <button type="button" class="link" onClick={backToComposer}>{t.transcript.discard}</button>
        </p>
      ) : (
        <p class="unsent quiet"><Icon of={Clock} size={14} />{online ? t.transcript.sending : t.transcript.waitingLine}</p>
      )}
    </div>
  );
}
