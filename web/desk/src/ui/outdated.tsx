// Says that the server has a newer desk than this page, and loads it: nothing that was written is lost.

import { RefreshCw } from "lucide-preact";
import { useState } from "preact/hooks";
import { Icon } from "./bits";
import { useSelect, useText } from "./hooks";

export function Outdated() {
  const t = useText().working.outdated;
  const outdated = useSelect((state) => state.outdated);
  const [later, setLater] = useState(false);
  if (!outdated || later) return null;
  return (
    <div class="outdated" role="status" data-testid="outdated">
      <Icon of={RefreshCw} size={14} /><span>{t.text}</span>
      <button type="button" class="link" onClick={() => location.reload()}>{t.reload}</button>
      <button type="button" class="link" onClick={() => setLater(true)}>{t.later}</button>
    </div>
  );
}
