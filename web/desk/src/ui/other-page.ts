// Two pages of one agent: what is written in one stands in the other.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "./hooks";

/** Hears when another page of this browser keeps a draft; never while somebody writes here. */
export function useOtherPage(id: string, field: RefObject<HTMLElement>, heard: (draft: string) => void): void {
  const desk = useDesk();
  useEffect(() => {
    const look = ({ key }: StorageEvent): void => {
      if (key?.startsWith("relais.desk.drafts.") && document.activeElement !== field.current) heard(desk.keep.draft(id));
    };
    addEventListener("storage", look);
    return () => removeEventListener("storage", look);
  }, [id, desk]);
}
