// How components read notes, what the agent was told, and reminders.

import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../ui/hooks";
import type { PrivateNote, Reminder } from "../types.notes";
import type { Told } from "./notes";

function useHeard<T>(source: { listen(listener: () => void): () => void }, read: () => T): T {
  const [value, set] = useState(read);
  useEffect(() => {
    set(read());
    return source.listen(() => set(read()));
  }, [source]);
  return value;
}

/** The notes of the open conversation, from the moment it is opened. */
export function useNotes(id: string): PrivateNote[] {
  const { notes } = useDesk();
  useEffect(() => {
    void notes.load(id);
    const look = (): void => notes.look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [id, notes]);
  return useHeard(notes, () => notes.of(id));
}

export function useTold(): Told[] {
  const { notes } = useDesk();
  return useHeard(notes, () => notes.told);
}

export function useReminders(): Reminder[] {
  const { reminders } = useDesk();
  return useHeard(reminders, () => reminders.all);
}
