// The whole desk: which page shows, in which language and theme.

import { useEffect } from "preact/hooks";
import { parseRoute } from "../work/route";
import type { Desk } from "../work/desk";
import { DeskContext, useDesk, useLanguage, usePreferences, useSelect } from "./hooks";
import { Shell } from "./shell";
import { SignIn, Starting } from "./signin";

export function App({ desk }: { desk: Desk }) {
  return <DeskContext.Provider value={desk}><Pages /></DeskContext.Provider>;
}

function Pages() {
  const desk = useDesk();
  const session = useSelect((state) => state.session);
  const language = useLanguage();
  const { theme } = usePreferences();

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const moved = (): void => desk.follow(parseRoute(location.hash));
    const hurry = (): void => {
      if (document.visibilityState === "visible") desk.hurry();
    };
    addEventListener("hashchange", moved);
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", hurry);
    return () => {
      removeEventListener("hashchange", moved);
      removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
    };
  }, [desk]);

  if (session === "in") return <Shell />;
  return session === "out" ? <SignIn /> : <Starting />;
}
