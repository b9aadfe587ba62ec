// How an agent wants to hear of mentions, on the page of their own account.

import { useState } from "preact/hooks";
import { ask, canTell, permission } from "../notes/browser";
import type { MentionSettings } from "../types.notes";
import { useDesk, usePreferences, useSelect, useText } from "../ui/hooks";
import { useLoaded } from "../ui/page";
import { Form, Section, Text } from "./parts";
import { useRest } from "./rest";

const ADDRESS = "/desk/api/account/mentions";

export function Mentions() {
  const { notes } = useText();
  const rest = useRest();
  const loaded = useLoaded(() => rest.get<MentionSettings>(ADDRESS));
  return (
    <Section title={notes.account} lead={notes.accountText}>
      {loaded.value && <ByMail given={loaded.value} />}
      <InBrowser />
    </Section>
  );
}

function ByMail({ given }: { given: MentionSettings }) {
  const { notes } = useText();
  const rest = useRest();
  const [mail, setMail] = useState(given.mail);
  const [minutes, setMinutes] = useState(String(given.minutes));
  const [saved, setSaved] = useState(false);
  return (
    <Form
      fields={["minutes"]} testId="mentions-form" label={notes.save} save={async () => {
        setSaved(false);
        const kept = await rest.put<MentionSettings>(ADDRESS, { mail, minutes: Math.trunc(Number(minutes)) || 0 });
        setMinutes(String(kept.minutes));
        setSaved(true);
      }}
    >
      <label class="mention-choice">
        <input type="checkbox" checked={mail} data-testid="mentions-mail" onChange={(event) => setMail(event.currentTarget.checked)} />{notes.byMail}
      </label>
      {mail && <Text name="minutes" type="number" min={1} max={1440} label={notes.after} value={minutes} onInput={setMinutes} />}
      {saved && <p class="good" role="status">{notes.saved}</p>}
    </Form>
  );
}

function InBrowser() {
  const { keep } = useDesk();
  const { notes } = useText();
  const { browserNotices, pushes } = usePreferences();
  const me = useSelect((state) => state.agent?.id);
  const [blocked, setBlocked] = useState(permission() === "denied");
  // Where the browser tells by itself, the page need not.
  if (!canTell() || (pushes !== null && pushes === me)) return null;
  const choose = async (on: boolean): Promise<void> => {
    const granted = on && (await ask());
    setBlocked(on && !granted);
    keep.prefer({ browserNotices: granted });
  };
  return (
    <>
      <label class="mention-choice">
        <input type="checkbox" checked={browserNotices && !blocked} data-testid="mentions-browser" onChange={(event) => void choose(event.currentTarget.checked)} />{notes.inBrowser}
      </label>
      {blocked && <p class="notes quiet">{notes.blocked}</p>}
    </>
  );
}
