/** The page a visitor writes from, as agents may see it. */
import { bareTitle } from "../attention";
import type { PageRef } from "./protocol";

export function pageHere(): PageRef {
  return { url: location.href.split("#")[0] ?? "", title: bareTitle().slice(0, 200) };
}
