// Choosing a password: seen if wanted, with a word on how good it is while it is typed. The server decides.

import { useState } from "preact/hooks";
import { Form, Text } from "./parts";
import { useWords } from "./words";

/** How hard to guess, from 0 to 3: by length first, since that is what counts, and by how varied it is. */
export function strength(password: string, about = ""): 0 | 1 | 2 | 3 {
  const known = about.toLowerCase().split(/[^\p{L}]+/u).filter((word) => word.length >= 4);
  const left = known.reduce((rest, word) => rest.replaceAll(word, ""), password.toLowerCase());
  if (left.length < password.length && left.replace(/[^\p{L}]/gu, "").length < 4) return 0;
  const different = new Set(password.toLowerCase()).size;
  if (password.length < 10 || different < 5) return 0;
  const room = Math.min(different, 16) * password.length;
  return room >= 190 ? 3 : room >= 120 ? 2 : 1;
}

interface NewPasswordProps {
  email: string;
  name: string;
  label: string;
  save(password: string, old: string): Promise<void>;
  onCancel?(): void;
  /** Asks for the present one too. */
  withOld?: boolean;
}

export function NewPassword({ email, name, label, save, onCancel, withOld = false }: NewPasswordProps) {
  const { password: words } = useWords();
  const [old, setOld] = useState("");
  const [chosen, setChosen] = useState("");
  const [seen, setSeen] = useState(false);
  const level = strength(chosen, `${email} ${name}`);
  return (
    <Form fields={["password", "new"]} label={label} save={() => save(chosen, old)} testId="new-password" {...(onCancel && { onCancel })}>
      <input type="email" class="sr" name="username" autocomplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />
      {withOld && <Text name="password" type="password" label={words.old} autocomplete="current-password" value={old} onInput={setOld} />}
      <Text name={withOld ? "new" : "password"} type={seen ? "text" : "password"} label={words.new} autocomplete="new-password" value={chosen} onInput={setChosen} help={words.help} />
      <div class="strength" data-level={chosen ? level : undefined}>
        <span class="strength-bar" aria-hidden="true"><i /><i /><i /></span>
        <span role="status">{chosen ? words.levels[level] : ""}</span>
      </div>
      <label class="tick"><input type="checkbox" checked={seen} onChange={(event) => setSeen(event.currentTarget.checked)} /><span>{words.show}</span></label>
    </Form>
  );
}
