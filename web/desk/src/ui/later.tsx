// What floats above the desk and is loaded when it is first wanted.

import type { ComponentChild, ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading } from "./bits";
import { useDesk, useText } from "./hooks";

/** The place of a page that is on its way. */
export function PageComing() {
  return (
    <main class="page" aria-busy="true">
      <header class="bar" aria-hidden="true" />
      <div class="page-scroll"><div class="page-body"><Loading /></div></div>
    </main>
  );
}

/** A component that is fetched when it is first drawn; until then `meanwhile` shows, and a notice says when it cannot be. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: () => ComponentChild = () => null): (props: Props & { onClose?(): void }) => JSX.Element | null {
  let known: ComponentType<Props> | null = null;
  return function Later(props) {
    const desk = useDesk();
    const t = useText();
    const [Shown, show] = useState<ComponentType<Props> | null>(() => known);
    useEffect(() => {
      if (Shown) return undefined;
      let alive = true;
      load().then((component) => {
        known = component;
        if (alive) show(() => component);
      }).catch(() => {
        if (!alive) return;
        desk.store.dispatch({ do: "notice", text: t.working.stale.failed });
        props.onClose?.();
      });
      return () => {
        alive = false;
      };
    }, []);
    return Shown ? <Shown {...props} /> : <>{meanwhile()}</>;
  };
}
