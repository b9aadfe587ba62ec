// Setting up the second factor: a QR code, the code that the app shows then, and the recovery codes.

import { useState } from "preact/hooks";
import { Form, Secret, Text } from "./parts";
import { useRest } from "./rest";
import { useWords } from "./words";

interface Begun {
  secret: string;
  address: string;
  qr: { size: number; path: string };
}

interface SetUpProps {
  hasPassword: boolean;
  onDone(): void;
  onCancel?(): void;
}

export function SetUp({ hasPassword, onDone, onCancel }: SetUpProps) {
  const { factor: words } = useWords();
  const rest = useRest();
  const [password, setPassword] = useState("");
  const [begun, setBegun] = useState<Begun | null>(null);
  const [code, setCode] = useState("");
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Secret label={words.codes} text={codes.join("\n")} lines={codes} onDone={onDone} />;
  if (!begun) {
    return (
      <Form
        fields={["password"]} label={words.begin} testId="factor-begin" {...(onCancel && { onCancel })}
        save={async () => setBegun(await rest.post<Begun>("/desk/api/account/second-factor/begin", { password }))}
      >
        <p class="notes">{words.explain}</p>
        {hasPassword && <Text name="password" type="password" label={words.yourPassword} autocomplete="current-password" value={password} onInput={setPassword} />}
      </Form>
    );
  }
  return (
    <Form
      fields={["code"]} label={words.confirm} testId="factor-confirm" {...(onCancel && { onCancel })}
      save={async () => setCodes((await rest.post<{ codes: string[] }>("/desk/api/account/second-factor/confirm", { code })).codes)}
    >
      <p>{words.scan}</p>
      <svg class="qr" viewBox={`0 0 ${begun.qr.size} ${begun.qr.size}`} role="img" aria-label={words.qr} shape-rendering="crispEdges">
        <rect width="100%" height="100%" fill="#fff" /><path d={begun.qr.path} fill="#000" />
      </svg>
      <p class="notes quiet">{words.byHand} <code class="secret-text">{begun.secret.replace(/(.{4})/g, "$1 ").trim()}</code></p>
      <Text name="code" label={words.code} autocomplete="one-time-code" value={code} onInput={setCode} />
    </Form>
  );
}
