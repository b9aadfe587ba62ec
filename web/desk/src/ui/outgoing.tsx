// An answer on its way, and one that did not leave.

import { Clock, TriangleAlert } from "lucide-preact";
import type { Outgoing } from "../state/conversation";
import { Icon, PlainText } from "./bits";
import { ContactItem, Files, SharedPlace } from "./carried";
import { emit } from "./commands";
import type { Desk } from "../work/desk";
import { useDesk, useNow, useSelect, useText } from "./hooks";

/** The seconds in which an answer may be taken back; its words and files return to the composer. */
function Held({ one, id }: { one: Outgoing; id: string }) {
  const desk = useDesk();
  const t = useText();
  const now = useNow(1000);
  const left = Math.max(0, Math.ceil(((one.due ?? now) - now) / 1000));
  return (
    <p class="unsent quiet" data-testid="held">
      <Icon of={Clock} size={14} />
      <span aria-hidden="true">{left > 0 ? t.inbox.leaves(left) : t.transcript.sending}</span>
      <span class="sr" role="status">{t.inbox.held}</span>
      {left > 0 && (
        <button type="button" class="link" data-testid="undo-send" title={t.inbox.undoKeys} onClick={() => void undoSend(desk, id, one.clientId)}>{t.inbox.undo}</button>
      )}
    </p>
  );
}

export async function undoSend(desk: Desk, id: string, clientId: string): Promise<void> {
  const back = await desk.outbox.takeBack(id, clientId).catch(() => null);
  if (!back) return;
  const draft = desk.keep.draft(id);
  const text = draft ? `${back.text}\n${draft}` : back.text;
  desk.keep.setDraft(id, text);
  desk.drafts.changed(id, text);
  desk.uploads.giveBack(id, back.files ?? []);
  emit("reply");
}

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
          {one.along?.contacts?.map((contact) => <ContactItem key={contact.name} contact={contact} />)}
        </div>
      </div>
      {one.state === "held" ? <Held one={one} id={id} /> : one.state === "failed" ? (
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
