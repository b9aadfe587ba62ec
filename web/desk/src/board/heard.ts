// Hearing what the server tells, from a part of the page.

import { useEffect } from "preact/hooks";
import type { Frame } from "../types";
import { useDesk } from "../ui/hooks";

/** Calls for every frame that the desk hears, as long as the component is drawn. */
export function useHeard(hear: (frame: Frame) => void): void {
  const desk = useDesk();
  useEffect(() => {
    desk.listeners.add(hear);
    return () => {
      desk.listeners.delete(hear);
    };
  });
}
