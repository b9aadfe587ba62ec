// The person's earlier conversations, in line above the present one, to be read.

import { History } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { clock, day, full } from "../format";
import type { OpenConversation } from "../state/conversation";
import type { DeskMessage } from "../types";
import type { EarlierOne } from "../types.working";
import { ChannelIcon, Icon, PlainText } from "../ui/bits";
import { useDesk, useLanguage, useNow, useText } from "../ui/hooks";
import { speakerName } from "../ui/message";

export function EarlierConversations({ open }: { open: OpenConversation }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const w = t.working.long;
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const { earlier, id } = open;
  const attempt = (work: () => Promise<void>): void => {
    setState("loading");
    work().then(() => setState("idle")).catch(() => setState("failed"));
  };
  useEffect(() => {
    if (!earlier) attempt(() => desk.working.earlier(id));
  }, [id]);
  // Its place is kept while the answer is on its way, so that nothing moves under the agent's eyes.
  if (!earlier) return state === "failed" ? null : <p class="earlier-more" aria-hidden="true">{"\u00a0"}</p>;
  const next = earlier.waiting[0];
  const left = earlier.waiting.length;
  return (
    <>
      {next && (
        <p class="earlier-more" data-testid="earlier">
          <Icon of={History} size={14} /><span>{w.earlier(left, earlier.next !== null)}</span>{" "}
          <button type="button" class="link" data-testid="show-earlier" aria-disabled={state === "loading"} onClick={() => state !== "loading" && attempt(() => desk.working.showEarlier(id))}>
            {state === "loading" ? w.loading : w.showEarlier(day(next.created_at, now, language, t), next.goal ?? "")}
          </button>
          {state === "failed" && <span role="alert"> {w.failed}</span>}
        </p>
      )}
      {earlier.shown.map((one) => <One key={one.summary.id} one={one} />)}
      {earlier.shown.length > 0 && <p class="earlier-head"><span>{w.now}</span></p>}
    </>
  );
}

function One({ one: { summary, messages } }: { one: EarlierOne }) {
  const desk = useDesk();
  const t = useText();
  const language = useLanguage();
  const now = useNow(60_000);
  const w = t.working.long;
  return (
    <section class="earlier-one" data-testid="earlier-one" aria-label={w.from(full(summary.created_at, language))}>
      <p class="earlier-head">
        <ChannelIcon channel={summary.channel} />
        <span>{w.from(day(summary.created_at, now, language, t))}{summary.goal && <> · <bdi>{summary.goal}</bdi></>}</span>
        <button type="button" class="link" onClick={() => desk.go({ page: "conversations", id: summary.id })}>{w.toIt}</button>
      </p>
      <ol>{messages.map((message) => <Said key={message.seq} message={message} customer={summary.customer?.name ?? null} />)}</ol>
    </section>
  );
}

/** To be read only: nothing here is sent again, corrected or taken back. */
function Said({ message, customer }: { message: DeskMessage; customer: string | null }) {
  const t = useText();
  const language = useLanguage();
  if (message.from === "system") return <li class="system"><span dir="auto">{message.text}</span></li>;
  return (
    <li class={`message from-${message.from}`}>
      <p class="message-who">
        <span dir="auto">{speakerName(message, customer, t)}</span>
        <time dateTime={message.at} title={full(message.at, language)}>{clock(message.at, language)}</time>
      </p>
      <div class={`bubble ${message.deleted ? "bubble-deleted" : ""}`}>
        <p class="message-text" dir="auto" lang={message.language ?? undefined}>{message.deleted ? t.shared.deleted : <PlainText text={message.text} />}</p>
        {!message.deleted && message.files.map((file) => <p key={file.id}><a href={file.url ?? undefined} target="_blank" rel="noreferrer" dir="auto">{file.name}</a></p>)}
      </div>
    </li>
  );
}
