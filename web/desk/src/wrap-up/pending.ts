// Goes to what the agent has still to wrap up.

import { Rest } from "../admin/rest";
import type { WrapUp } from "../types.closing";
import type { Desk } from "../work/desk";
import { wordsOf } from "./words";

export async function goToPending(desk: Desk): Promise<void> {
  const { language } = desk.store.state;
  const words = wordsOf(language);
  try {
    const { items } = await new Rest(desk, language).get<{ items: WrapUp[] }>("/desk/api/wrap-ups");
    const next = items[0];
    if (next) desk.go({ page: "conversations", view: "closed", id: next.conversation });
    else desk.store.dispatch({ do: "notice", text: words.nonePending });
  } catch {
    desk.store.dispatch({ do: "notice", text: words.unreachable });
  }
}
