// The agents: where they are and since when, what they hold, and who waits for them.

import { useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { waited } from "../format";
import type { Presence } from "../types";
import { useChannelName } from "../ui/bits";
import { useDesk, useLanguage, useServerNow, useText } from "../ui/hooks";
import { Heading } from "./heading";
import { chats } from "./told";
import type { AtWork, BoardState, Defined, Whose } from "./types";
import { trouble } from "./watching";
import { useWords } from "./words";

const PRESENCES: readonly Presence[] = ["available", "busy", "away", "offline"];

interface AgentsProps {
  board: BoardState;
  wall: boolean;
  onDefine(which: Defined): void;
  onLook(whose: Whose): void;
}

export function Agents({ board, wall, onDefine, onLook }: AgentsProps) {
  const words = useWords().agents;
  return (
    <section class="board-part board-wide">
      <Heading title={words.title} which="agents" onDefine={onDefine} />
      {board.agents.length === 0 ? <p class="quiet">{words.none}</p> : (
        <table class="board-table">
          <thead>
            <tr>
              <th scope="col">{words.agent}</th><th scope="col">{words.state}</th><th scope="col">{words.load}</th>
              <th scope="col">{words.channels}</th><th scope="col">{words.waits}</th>
            </tr>
          </thead>
          <tbody>
            {board.agents.map((agent) => (
              <Row
                key={agent.id} agent={agent} wall={wall}
                onLook={() => onLook({ kind: "agent", key: agent.id, name: agent.name, count: agent.conversations })}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ agent, wall, onLook }: { agent: AtWork; wall: boolean; onLook(): void }) {
  const all = useWords();
  const words = all.agents;
  const t = useText();
  const language = useLanguage();
  const now = useServerNow(1_000);
  const full = agent.load >= agent.capacity;
  const share = Math.min(100, agent.capacity ? (100 * agent.load) / agent.capacity : 100);
  return (
    <tr data-testid="board-agent" data-agent={agent.id}>
      <th scope="row">
        {wall || agent.conversations === 0 ? agent.name : <button type="button" class="link" title={words.open(agent.name)} onClick={onLook}>{agent.name}</button>}
      </th>
      <td>
        <span class={`board-dot board-${agent.here ? agent.presence : "offline"}`} aria-hidden="true" />
        {agent.here && !wall ? <Where agent={agent} /> : <span>{agent.here ? t.routing.presences[agent.presence] : words.notHere}</span>}
        <small class="quiet"> {words.since(waited(agent.since, now, t))}{agent.automatic ? `, ${words.automatic[agent.automatic]}` : agent.reason && `, ${agent.reason}`}</small>
      </td>
      <td data-label={words.load}>
        <span class="board-load" title={words.loadOf(chats(agent.load, language), chats(agent.capacity, language))}>
          <span class="board-load-bar" aria-hidden="true"><i class={full ? "board-full" : ""} style={{ width: `${share}%` }} /></span>
          {words.loadOf(chats(agent.load, language), chats(agent.capacity, language))}
        </span>
      </td>
      <td data-label={words.channels}><Held held={agent.held} /></td>
      <td data-label={words.waits}>{agent.customer_waits ? waited(agent.customer_waits, now, t) : all.nothing}</td>
    </tr>
  );
}

function Held({ held }: { held: Record<string, number> }) {
  const words = useWords();
  const called = useChannelName();
  const some = Object.entries(held);
  if (some.length === 0) return <>{words.nothing}</>;
  return <>{some.map(([channel, many]) => `${channel === "case" ? words.agents.case : called(channel)} ${many}`).join(" · ")}</>;
}

/** The choice of where an agent is: it is theirs, and noted when a supervisor makes it. */
function Where({ agent }: { agent: AtWork }) {
  const desk = useDesk();
  const rest = useRest();
  const words = useWords();
  const t = useText();
  const [wanted, want] = useState<Presence | null>(null);
  const set = async (presence: Presence): Promise<void> => {
    want(presence);
    try {
      await rest.put(`/desk/api/routing/agents/${agent.id}/presence`, { presence });
    } catch (error) {
      desk.store.dispatch({ do: "notice", text: trouble(error, words) });
    }
    want(null);
  };
  return (
    <select
      class="presence-choice" aria-label={words.agents.presence(agent.name)} value={wanted ?? agent.presence}
      onChange={(event) => void set(event.currentTarget.value as Presence)}
    >
      {PRESENCES.map((presence) => <option key={presence} value={presence}>{t.routing.presences[presence]}</option>)}
    </select>
  );
}
