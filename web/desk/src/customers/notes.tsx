// What colleagues should know of the customer: for colleagues alone.

import { Pin, PinOff } from "lucide-preact";
import { useState } from "preact/hooks";
import { Form, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { Icon, PlainText } from "../ui/bits";
import { useDesk, useLanguage, useMay, useSelect } from "../ui/hooks";
import { Careful, More, Nothing, usePaged, useWords, Waiting } from "./parts";
import type { Known, Note } from "./types";
import { moment } from "./values";

export function NotesPart({ customer, reload }: Known) {
  const rest = useRest();
  const words = useWords();
  const changes = useMay("customers.write");
  const list = usePaged<Note>(`/customers/${customer.id}/notes?limit=50`);
  const [text, write] = useState("");
  const [round, again] = useState(0);
  const changed = (): void => {
    list.reload();
    reload();
  };
  const add = async (): Promise<void> => {
    await rest.post(`/customers/${customer.id}/notes`, { text: text.trim() });
    write("");
    again(round + 1);
    changed();
  };
  return (
    <>
      {changes && (
        <div class="cust-form" key={round}>
          <Form save={add} label={words.notes.add} fields={["text"]} testId="cust-note-form">
            <Text name="text" label={words.notes.write} help={words.notes.hint} value={text} rows={2} onInput={write} />
          </Form>
        </div>
      )}
      {!list.value ? <Waiting asked={list} /> : list.value.length === 0 ? <Nothing title={words.notes.none} /> : (
        <ul class="cust-list">
          {[...list.value].sort((a, b) => Number(b.pinned) - Number(a.pinned)).map((one) => <li key={one.id}><One note={one} onChanged={changed} /></li>)}
        </ul>
      )}
      <More list={list} />
    </>
  );
}

function One({ note, onChanged }: { note: Note; onChanged(): void }) {
  const rest = useRest();
  const desk = useDesk();
  const words = useWords();
  const language = useLanguage();
  const changes = useMay("customers.write");
  const me = useSelect((state) => state.agent?.id);
  const [editing, edit] = useState(false);
  const [text, write] = useState(note.text);
  const mine = note.author === `agent:${me}`;
  const path = `/notes/${note.id}`;
  const end = (): void => {
    edit(false);
    onChanged();
  };
  const pin = (): void => {
    rest.patch(path, { pinned: !note.pinned }, note.version).then(onChanged).catch((error: { detail?: string }) => {
      desk.store.dispatch({ do: "notice", text: error.detail ?? "" });
      onChanged();
    });
  };
  const read = async (): Promise<Note> => {
    const { items } = await rest.get<{ items: Note[] }>(`/customers/${note.customer_id}/notes?limit=200`);
    return items.find((one) => one.id === note.id) ?? note;
  };
  if (editing) {
    return (
      <Careful
        row={note} read={read} describe={(theirs) => [theirs.text]} take={end} onCancel={() => edit(false)} fields={["text"]}
        save={async (version) => {
          await rest.patch(path, { text: text.trim() }, version);
          end();
        }}
        remove={{ label: words.remove, sure: words.removeSure, run: async () => {
          await rest.remove(path, note.version);
          end();
        } }}
      >
        <Text name="text" label={words.notes.write} value={text} rows={3} onInput={write} />
      </Careful>
    );
  }
  const who = mine ? words.notes.mine : note.author.startsWith("agent:") ? words.colleague : words.notes.system;
  return (
    <article class="cust-note" data-testid="cust-note">
      <p dir="auto" class="cust-note-text"><PlainText text={note.text} /></p>
      <p class="quiet cust-note-foot">
        {note.pinned && <span class="cust-pinned"><Icon of={Pin} size={14} />{words.notes.pinned}</span>}
        <span>{who}, {moment(note.created_at, language)}{note.edited_at ? ` (${words.notes.edited})` : ""}</span>
        {changes && <button type="button" class="link" onClick={pin}><Icon of={note.pinned ? PinOff : Pin} size={14} /> {note.pinned ? words.notes.unpin : words.notes.pin}</button>}
        {changes && mine && <button type="button" class="link" onClick={() => edit(true)}>{words.edit}</button>}
      </p>
    </article>
  );
}
