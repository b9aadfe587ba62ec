// The whole desk: which page shows, in which language and theme.

import { useEffect, useState } from "preact/hooks";
import { parseRoute } from "../work/route";
import type { Desk } from "../work/desk";
import { DeskContext, useDesk, useLanguage, usePreferences, useSelect } from "./hooks";
import { Lazy } from "./lazy";
import { Shell } from "./shell";
import { SignIn, Starting } from "./signin";

export function App({ desk }: { desk: Desk }) {
  return <DeskContext.Provider value={desk}><Pages /></DeskContext.Provider>;
}

function Pages() {
  const desk = useDesk();
  const session = useSelect((state) => state.session);
  const language = useLanguage();
  const enrolling = useSelect((state) => state.enrolling);
  const { theme } = usePreferences();
  const [hash, setHash] = useState(location.hash);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const moved = (): void => {
      setHash(location.hash);
      desk.follow(parseRoute(location.hash));
    };
    const hurry = (): void => {
      if (document.visibilityState === "visible") desk.hurry();
      desk.looked();
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

  // A link that was mailed opens its page whoever is signed in here.
  if (hash.startsWith("#/password/")) return <Lazy name="ChoosePassword" />;
  if (session === "in") return enrolling ? <Lazy name="Enrol" /> : <Shell />;
  if (session === "out" && hash === "#/forgotten") return <Lazy name="Forgotten" />;
  return session === "out" ? <SignIn /> : <Starting />;
}
