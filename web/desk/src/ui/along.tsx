// What goes with an answer besides words, files and copies: a place, people's details.

import { useState } from "preact/hooks";
import { MOST_CONTACTS } from "../contacts";
import type { Along, Contact, Place } from "../types";
import { PersonButton, PersonChips, PersonForm } from "./person";
import { PlaceButton, PlaceChip, PlaceForm } from "./place";

/** One form at a time; `onDone` when it closes, with something added or not. */
export function useAlong(onDone: () => void) {
  const [place, setPlace] = useState<Place | null>(null);
  const [contacts, setContacts] = useState<Contact[]>([]);
  const [form, setForm] = useState<"place" | "person" | null>(null);
  const toggle = (which: "place" | "person"): void => setForm(form === which ? null : which);
  const close = (): void => {
    setForm(null);
    onDone();
  };
  const putPlace = (chosen: Place | null): void => {
    setPlace(chosen);
    close();
  };
  const putContacts = (chosen: Contact[]): void => {
    setContacts(chosen);
    close();
  };
  const others = (name: string): Contact[] => contacts.filter((one) => one.name !== name);
  const location = place && { ...place, name: place.name ?? "", address: place.address ?? "" };
  const sent: Along = { ...(location && { location }), ...(contacts.length > 0 && { contacts }) };
  return {
    sent,
    some: place !== null || contacts.length > 0,
    clear: (): void => {
      setPlace(null);
      setContacts([]);
    },
    buttons: (
      <>
        <PlaceButton open={form === "place"} onToggle={() => toggle("place")} />
        {contacts.length < MOST_CONTACTS && <PersonButton open={form === "person"} onToggle={() => toggle("person")} />}
      </>
    ),
    chips: (
      <>
        {place && <PlaceChip place={place} onRemove={() => putPlace(null)} />}
        <PersonChips contacts={contacts} onRemove={({ name }) => putContacts(others(name))} />
      </>
    ),
    form: form === "place" ? <PlaceForm onAdd={putPlace} onClose={close} />
      : form === "person" && <PersonForm onAdd={(one) => putContacts([...others(one.name), one])} onClose={close} />,
  };
}
