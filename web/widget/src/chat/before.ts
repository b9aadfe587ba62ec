/** What goes along with the first message of a conversation: what was filled in before it, and that the page had greeted. */
import type { Store } from "../storage";
import type { Answers, Message, MessageFrame } from "./protocol";

const ANSWERS = "asked";
const GREETING = "greeting";
/** About one matter, not about the person: it does not go along with the next conversation. */
const OF_THIS_MATTER = "order_number";

/** What the page said by itself, on which of its paths. */
export interface Greeted {
  path: string;
  text: string;
  language: Message["language"];
  at: string;
}

/** What was read in the help centre in this tab (help.js keeps it there); it is told once. */
function readHere(): string | null {
  try {
    const kept = sessionStorage.getItem("relais:read");
    sessionStorage.removeItem("relais:read");
    return kept;
  } catch {
    return null;
  }
}

export class Before {
  constructor(private readonly store: Store) {}

  /** What was filled in, perhaps nothing; null as long as it was not asked. */
  get answers(): Answers | null {
    return this.store.json<Answers>(ANSWERS);
  }

  set answers(answers: Answers | null) {
    this.store.set(ANSWERS, JSON.stringify(answers));
  }

  /** The greeting, as the first line of the conversation that it has led to. */
  get greeting(): Greeted | null {
    return this.store.json<Greeted>(GREETING);
  }

  /** What the first message carries; of a signed-in person the company knows more than was ever filled in. */
  along(signedIn: boolean): Pick<MessageFrame, "form" | "greeted" | "read"> {
    const { greeting } = this;
    const form = signedIn ? null : this.answers;
    const read = signedIn ? readHere() : null;
    return {
      ...(read && { read }),
      ...(form && Object.keys(form).length && { form }),
      ...(greeting?.path === location.pathname && { greeted: greeting.text }),
    };
  }

  /** The first message is stored. */
  begun(): void {
    const { answers } = this;
    if (!answers?.[OF_THIS_MATTER]) return;
    delete answers[OF_THIS_MATTER];
    this.answers = answers;
  }

  /** Another conversation than the one that the greeting began is shown. */
  leave(): void {
    this.store.remove(GREETING);
  }
}
