// Pages that few open, loaded when they are wanted; and what is said when a new version took them away meanwhile.

import { RefreshCw } from "lucide-preact";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./bits";
import { useText } from "./hooks";

type Module = typeof import("../admin");
type Name = "Administration" | "OwnAccount" | "Enrol" | "ChoosePassword" | "Forgotten";

let known: Promise<Module> | null = null;
const load = (): Promise<Module> => {
  known ??= import("../admin").catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
};

export function Lazy({ name }: { name: Name }) {
  const t = useText();
  const [Shown, show] = useState<ComponentType | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let alive = true;
    load().then((module) => alive && show(() => module[name])).catch(() => alive && setFailed(true));
    return () => {
      alive = false;
    };
  }, [name]);
  if (Shown) return <Shown />;
  if (!failed) return <main class="gate" aria-busy="true"><span class="sr" role="status">{t.lazy.loading}</span></main>;
  return (
    <main class="gate" data-testid="stale">
      <div class="gate-panel gate-quiet">
        <Icon of={RefreshCw} size={24} />
        <h1>{t.lazy.stale}</h1>
        <p role="alert">{t.lazy.staleText}</p>
        <button type="button" class="button" onClick={() => location.reload()}>{t.lazy.reload}</button>
      </div>
    </main>
  );
}
