// How one gets to the customers: by key, by the palette, by the menu.

import { register } from "../ui/commands";

export const NEEDS = "customers.read";
export const NAME = { fr: "Clients", en: "Customers" };
const go = (hash: string) => (): void => {
  location.hash = hash;
};

register(
  {
    id: "customers", group: "pages", words: NAME, also: { fr: "personnes fiche chercher annuaire", en: "people card find directory" },
    shortcut: "Shift+C", may: NEEDS, run: (desk) => desk.go({ page: "customers" }),
  },
  {
    id: "customers.segments", group: "pages", words: { fr: "Segments de clients", en: "Customer segments" },
    also: { fr: "groupes règles ciblage", en: "groups rules targeting" }, may: (agent) => [NEEDS, "segments.read"].every((one) => agent.permissions.includes(one)),
    run: go("#/customers/segments"),
  },
  {
    id: "customers.duplicates", group: "pages", words: { fr: "Doublons de clients", en: "Duplicate customers" },
    also: { fr: "fusionner fusion", en: "merge twice" }, may: (agent) => [NEEDS, "customers.merge"].every((one) => agent.permissions.includes(one)),
    run: go("#/customers/duplicates"),
  },
);
