// How one gets to the reports: by key, by the palette, by the menu.

import { register } from "../ui/commands";

export const NEEDS = "reports.read";
export const NAME = { fr: "Rapports", en: "Reports" };

register({
  id: "reports", group: "pages", words: NAME, also: { fr: "statistiques chiffres graphiques tableau", en: "statistics figures charts analytics" },
  shortcut: "Shift+R", may: NEEDS, run: (desk) => desk.go({ page: "reports" }),
});
