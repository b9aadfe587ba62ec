// Where the customer wrote, on every channel; each opens.

import { ChannelIcon } from "../ui/bits";
import { useLanguage, useMay } from "../ui/hooks";
import type { Summary } from "../types";
import { More, Nothing, usePaged, useWords, Waiting } from "./parts";
import { moment } from "./values";

export function ConversationsPart({ customer }: { customer: string }) {
  const words = useWords();
  const language = useLanguage();
  const may = useMay("conversations.read");
  const list = usePaged<Summary>(may ? `/desk/api/customers/${customer}/conversations` : null);
  if (!may) return <Nothing title={words.conversations.noRights} />;
  if (!list.value) return <Waiting asked={list} />;
  if (list.value.length === 0) return <Nothing title={words.conversations.none} />;
  return (
    <>
      <ul class="cust-list">
        {list.value.map((one) => (
          <li key={one.id}>
            <a class="cust-talk" href={`#/closed/${one.id}`} data-testid="cust-talk">
              <span class="cust-talk-top">
                <ChannelIcon channel={one.channel} words />
                <span class="status">{one.owner.kind === "nobody" ? words.conversations.closed : words.conversations.open}</span>
                <time class="quiet">{moment(one.last?.at ?? one.created_at, language)}</time>
              </span>
              <span class="cust-talk-goal" dir="auto">{one.goal ?? one.last?.text ?? words.conversations.nothing}</span>
              {one.goal && one.last && <span class="quiet cust-talk-last" dir="auto">{one.last.text}</span>}
            </a>
          </li>
        ))}
      </ul>
      <More list={list} />
    </>
  );
}
