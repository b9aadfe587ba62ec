// Publishing a version: at once, or at a moment to come; for ever, or until another.

import { useState } from "preact/hooks";
import { Form, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import { useWords } from "./parts";
import type { Version } from "./types";

export function Publishing({ version, onDone }: { version: Version; onDone(): Promise<void> }) {
  const words = useWords();
  const rest = useRest();
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const instant = (local: string): string | null => (local ? new Date(local).toISOString() : null);
  const save = async (): Promise<void> => {
    await rest.post(`/article-versions/${version.id}/approve`, { publish_at: instant(from), expire_at: instant(until) }, version.version);
    await onDone();
  };
  return (
    <Form save={save} label={from ? words.plan : words.publish} testId="kn-publish" fields={["publish_at", "expire_at"]}>
      <Text name="publish_at" type="datetime-local" label={words.publishAt} help={words.publishAtHelp} value={from} onInput={setFrom} />
      <Text name="expire_at" type="datetime-local" label={words.expireAt} value={until} onInput={setUntil} />
    </Form>
  );
}
