// What stands below the course: the hours of the week, why contacts are handed over, and what customers wrote.

import { Star } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "../ui/bits";
import { useLanguage } from "../ui/hooks";
import { Panel, useWords, Wide } from "./parts";
import type { Report, Row } from "./types";
import { moment, told } from "./values";

export function Hours({ hours }: { hours: number[][] }) {
  const words = useWords();
  const [table, showTable] = useState(false);
  const most = Math.max(1, ...hours.flat());
  const busiest = hours.flatMap((row, day) => row.map((many, hour) => ({ many, day, hour }))).sort((a, b) => b.many - a.many)[0];
  const summary = busiest ? `${words.weekdays[busiest.day]} ${words.hour(busiest.hour)}: ${words.contacts(busiest.many)}` : "";
  return (
    <Panel
      title={words.hours} testId="rep-hours"
      action={<button type="button" class="link" aria-pressed={table} onClick={() => showTable(!table)}>{table ? words.chart : words.table}</button>}
    >
      {table ? (
        <Wide label={words.hours}>
          <table class="rep-table rep-tight">
            <thead><tr><th scope="col">{words.weekday}</th>{hours[0]?.map((_, hour) => <th key={hour} scope="col" class="rep-number">{hour}</th>)}</tr></thead>
            <tbody>{hours.map((row, day) => <tr key={day}><th scope="row">{words.weekdays[day]}</th>{row.map((many, hour) => <td key={hour} class="rep-number">{many || ""}</td>)}</tr>)}</tbody>
          </table>
        </Wide>
      ) : (
        <div class="rep-heat" role="img" aria-label={`${words.hours}. ${summary}`}>
          {hours.map((row, day) => (
            <div key={day} class="rep-heat-row">
              <span class="rep-heat-day">{words.weekdays[day]}</span>
              {row.map((many, hour) => (
                <i key={hour} style={many ? { opacity: 0.15 + 0.85 * (many / most) } : undefined} data-empty={many === 0} title={`${words.weekdays[day]} ${words.hour(hour)}: ${words.contacts(many)}`} />
              ))}
            </div>
          ))}
          <div class="rep-heat-row rep-heat-hours"><span class="rep-heat-day" />{hours[0]?.map((_, hour) => <b key={hour}>{hour % 6 === 0 ? words.hour(hour) : ""}</b>)}</div>
        </div>
      )}
    </Panel>
  );
}

export function Reasons({ reasons }: { reasons: Report["reasons"] }) {
  const words = useWords();
  const language = useLanguage();
  const all = reasons.reduce((sum, one) => sum + one.count, 0);
  return (
    <Panel title={words.reasons} testId="rep-reasons">
      {reasons.length === 0 ? <p class="quiet">{words.noReasons}</p> : (
        <table class="rep-bars">
          <tbody>
            {reasons.map((one) => (
              <tr key={one.key}>
                <th scope="row">{one.name}</th>
                <td class="rep-bars-bar"><i style={{ width: `${(100 * one.count) / (reasons[0]?.count || 1)}%` }} /></td>
                <td class="rep-number">{one.count}</td>
                <td class="rep-number quiet">{told(one.count / all, "share", language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

export function Said({ rows, onMore }: { rows: Row[]; onMore(): void }) {
  const words = useWords();
  const language = useLanguage();
  return (
    <Panel title={words.said} testId="rep-said" action={rows.length > 0 && <button type="button" class="link" onClick={onMore}>{words.more}</button>}>
      {rows.length === 0 ? <p class="quiet">{words.nothingSaid}</p> : (
        <ul class="rep-said">
          {rows.map((one) => (
            <li key={one.id}>
              <Stars score={one.score ?? 0} />
              <blockquote>{one.words}</blockquote>
              <p class="quiet">
                <time dateTime={one.at}>{moment(one.at, language)}</time>
                {one.conversation && <> · <a class="link" href={`#/closed/${one.conversation}`}>{words.open}</a></>}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function Stars({ score }: { score: number }) {
  const words = useWords();
  return (
    <span class="rep-stars" role="img" aria-label={words.mark(score)}>
      {[1, 2, 3, 4, 5].map((one) => <span key={one} class={one <= score ? "rep-star-on" : ""}><Icon of={Star} size={14} /></span>)}
    </span>
  );
}
