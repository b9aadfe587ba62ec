// What stands beside a conversation, and what a role does not permit, in French.

import type { beside as english } from "./en.beside";

export const beside: typeof english = {
  allowed: {
    label: "Ce qui est possible maintenant",
    acts: { cancel: "Annuler", change_address: "Changer l’adresse", return: "Retour", warranty: "Garantie", refund: "Rembourser" },
    yes: "Possible\u00a0:",
    no: "Pas possible\u00a0:",
    until: (day) => `jusqu’au ${day}`,
  },
  returned: { picture: (at) => `Photo ${at} du retour` },
  cases: { title: "Dossiers", open: "Ouvrir un dossier", more: (n) => `${n} de plus` },
  offer: { title: "À proposer" },
  rights: {
    nothing: "Rien ici pour votre rôle",
    nothingText: (role) => `Le rôle «\u00a0${role}\u00a0» n’ouvre pas les conversations. Un administrateur peut changer cela.`,
    reads: "Votre rôle permet de lire les conversations, pas d’y répondre.",
    customer: "Votre rôle n’affiche pas les coordonnées des clients.",
  },
};
