// The board as it arrives over the socket, from the moment it is looked at.

import { useEffect, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Refused } from "../requests";
import { useDesk } from "../ui/hooks";
import { useHeard } from "./heard";
import type { BoardState } from "./types";
import type { Words } from "./words";

/** How things stand; null until it is known, and `failed` when it cannot be. */
export function useBoard(): { board: BoardState | null; failed: boolean; reload(): void } {
  const desk = useDesk();
  const rest = useRest();
  const [board, set] = useState<BoardState | null>(null);
  const [failed, setFailed] = useState(false);
  const load = (): void => {
    setFailed(false);
    rest.get<BoardState>("/desk/api/board").then(set).catch(() => setFailed(true));
  };
  useEffect(() => {
    load();
    desk.watchBoard(true);
    const visible = (): void => desk.watchBoard(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", visible);
    return () => {
      document.removeEventListener("visibilitychange", visible);
      desk.watchBoard(false);
    };
  }, [desk]);
  useHeard((frame) => {
    if (frame.type !== "board") return;
    set(frame);
    setFailed(false);
  });
  return { board, failed, reload: load };
}

/** What is said when something did not work. */
export function trouble(error: unknown, words: Words): string {
  if (error instanceof Refused) return Object.values(error.fields)[0] || error.detail || words.failed;
  return words.unreachable;
}
