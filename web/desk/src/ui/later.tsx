// What floats above the desk and is loaded when it is first wanted.

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk, useText } from "./hooks";

/** A component that is fetched when it is first drawn; until then nothing shows, and a notice says when it cannot be. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props & { onClose?(): void }) => JSX.Element | null {
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
    return Shown ? <Shown {...props} /> : null;
  };
}
