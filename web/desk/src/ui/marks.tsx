// What else a mail is than its words: one small note a mark. What is unknown here is left out.

import { Tag } from "lucide-preact";
import { Icon } from "./bits";
import { useText } from "./hooks";

export function MailMarks({ marks }: { marks: unknown }) {
  const t = useText();
  const called: Record<string, string> = t.mail.marks;
  const known = Array.isArray(marks) ? marks.filter((one): one is string => typeof one === "string" && Object.hasOwn(called, one)) : [];
  return (
    <>
      {known.map((one) => <p class="note" key={one} data-testid={`mark-${one}`}><Icon of={Tag} size={14} />{called[one]}</p>)}
    </>
  );
}
