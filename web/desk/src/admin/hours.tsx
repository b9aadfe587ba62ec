// Opening hours and closed days: calendars by which time limits are counted.

import { Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { Refused } from "../api";
import { Icon, IconButton } from "../ui/bits";
import { Waiting } from "../ui/page";
import { useShown, type Shown } from "./list";
import { Chip, Form, Nothing, Pick, Row, Section, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

type Span = [string, string];

interface Calendar {
  id: string;
  version: number;
  name: string;
  zone: string;
  place: string | null;
  week: Record<string, Span[]>;
  days: { day: string; name: string; spans: Span[] }[];
}

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export function Hours() {
  const { hours: words } = useWords();
  const rest = useRest();
  const shown = useShown<Calendar>(() => rest.all<Calendar>("/calendars"), (calendar) => calendar.id);
  const calendars = shown.loaded.value;
  if (!calendars || shown.loaded.failed) return <Waiting loaded={shown.loaded} />;
  const add = <button type="button" class="button primary" data-testid="add" onClick={() => shown.toggle("new")}><Icon of={Plus} />{words.add}</button>;
  return (
    <Section title={words.title} lead={words.lead} action={shown.open !== "new" && add}>
      {shown.open === "new" && <CalendarForm calendar={null} shown={shown} />}
      {calendars.length === 0 && shown.open !== "new" && <Nothing title={words.none} text={words.noneText} />}
      <ul class="admin-list">
        {calendars.map((calendar) => (
          <Row
            key={calendar.id} title={calendar.name} more={calendar.zone} open={shown.open === calendar.id} onToggle={() => shown.toggle(calendar.id)} testId="calendar"
            marks={<><Chip>{words.openDays(WEEK.filter((day) => (calendar.week[day] ?? []).length > 0).length)}</Chip>{calendar.place && <Chip>{calendar.place}</Chip>}</>}
          >
            <CalendarForm calendar={calendar} shown={shown} />
          </Row>
        ))}
      </ul>
    </Section>
  );
}

/** `09:00-12:30, 13:30-18:00` as spans; null where it is not of that form. */
export function spansOf(text: string): Span[] | null {
  const parts = text.split(/[,;]/).map((part) => part.trim()).filter(Boolean);
  const read = parts.map((part) => /^(\d{1,2})(?::|h)?(\d{2})?\s*[-–à]\s*(\d{1,2})(?::|h)?(\d{2})?$/.exec(part));
  if (read.some((found) => !found)) return null;
  const time = (hour: string | undefined, minute: string | undefined): string => `${(hour ?? "0").padStart(2, "0")}:${minute ?? "00"}`;
  return read.map((found) => [time(found?.[1], found?.[2]), time(found?.[3], found?.[4])]);
}

export const spoken = (spans: Span[]): string => spans.map(([from, to]) => `${from}-${to}`).join(", ");

function zones(): string[] {
  const all = (Intl as { supportedValuesOf?: (kind: string) => string[] }).supportedValuesOf?.("timeZone") ?? [];
  return all.length > 0 ? all : ["Europe/Paris", "Europe/London", "UTC"];
}

interface Special {
  day: string;
  name: string;
  spans: string;
}

function CalendarForm({ calendar, shown }: { calendar: Calendar | null; shown: Shown<Calendar> }) {
  const { hours: words } = useWords();
  const rest = useRest();
  const [name, setName] = useState(calendar?.name ?? "");
  const [zone, setZone] = useState(calendar?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [place, setPlace] = useState(calendar?.place ?? "");
  const [week, setWeek] = useState<Record<string, string>>(() =>
    Object.fromEntries(WEEK.map((day, at) => [day, calendar ? spoken(calendar.week[day] ?? []) : at < 5 ? "09:00-18:00" : ""])));
  const [days, setDays] = useState<Special[]>((calendar?.days ?? []).map((each) => ({ ...each, spans: spoken(each.spans) })));
  const read = (text: string, field: string): Span[] => {
    const spans = spansOf(text);
    if (!spans) throw new Refused(422, "invalid", "", null, { [field]: words.form });
    return spans;
  };
  const save = async (): Promise<void> => {
    const body = {
      name, zone, place: place.trim().toUpperCase() || null,
      week: Object.fromEntries(WEEK.map((day) => [day, read(week[day] ?? "", `week.${day}`)]).filter(([, spans]) => (spans as Span[]).length > 0)),
      days: days.map((each, at) => ({ ...each, spans: read(each.spans, `days.${at}.spans`) })),
    };
    shown.saved(calendar ? await rest.patch<Calendar>(`/calendars/${calendar.id}`, body, calendar.version) : await rest.post<Calendar>("/calendars", body));
  };
  const remove = calendar && { label: words.remove, sure: words.removeSure, run: async () => {
    await rest.remove(`/calendars/${calendar.id}`, calendar.version);
    shown.removed(calendar.id);
  } };
  const change = (at: number, to: Partial<Special>): void => setDays(days.map((each, index) => (index === at ? { ...each, ...to } : each)));
  return (
    <Form
      fields={["name", "zone", "place", ...WEEK.map((day) => `week.${day}`), ...days.flatMap((_, at) => [`days.${at}.day`, `days.${at}.spans`, `days.${at}.name`])]}
      save={save} onCancel={shown.close} remove={remove ?? undefined} testId="calendar-form"
    >
      <Text name="name" label={words.name} value={name} onInput={setName} required />
      <div class="two">
        <Pick name="zone" label={words.zone} value={zone} onChange={setZone} options={[...new Set([zone, ...zones()])].map((each) => ({ value: each, label: each }))} />
        <Text name="place" label={words.place} help={words.placeHelp} value={place} onInput={setPlace} />
      </div>
      <fieldset class="ticks">
        <legend>{words.week}</legend>
        <p class="notes quiet">{words.weekHelp}</p>
        <div class="week">
          {WEEK.map((day) => <Text key={day} name={`week.${day}`} label={words.days[day]} value={week[day] ?? ""} onInput={(spans) => setWeek({ ...week, [day]: spans })} />)}
        </div>
      </fieldset>
      <fieldset class="ticks">
        <legend>{words.special}</legend>
        <p class="notes quiet">{words.specialHelp}</p>
        {days.map((each, at) => (
          <div key={at} class="special">
            <Text name={`days.${at}.day`} type="date" label={words.date} value={each.day} onInput={(day) => change(at, { day })} />
            <Text name={`days.${at}.name`} label={words.dayName} value={each.name} onInput={(to) => change(at, { name: to })} />
            <Text name={`days.${at}.spans`} label={words.dayHours} value={each.spans} onInput={(spans) => change(at, { spans })} />
            <IconButton icon={Trash2} label={words.dropDay(each.day)} onClick={() => setDays(days.filter((_, index) => index !== at))} />
          </div>
        ))}
        <button type="button" class="button" onClick={() => setDays([...days, { day: "", name: "", spans: "" }])}><Icon of={Plus} />{words.addDay}</button>
      </fieldset>
    </Form>
  );
}
