// What goes with an answer besides words and files, in French.

import type { answers as english } from "./en.answers";

export const answers: typeof english = {
  place: {
    add: "Envoyer un lieu",
    where: "Coordonnées ou adresse d’une carte",
    name: "Nom",
    address: "Adresse",
    join: "Joindre à la réponse",
    cancel: "Annuler",
    wrong: "Aucun lieu n’y figure. Collez des coordonnées comme 45.7578, 4.8320, ou l’adresse d’une carte.",
  },
  person: {
    add: "Envoyer un contact",
    name: "Nom",
    phones: "Téléphone",
    emails: "Adresse e-mail",
    noName: "Indiquez le nom du contact.",
    noWay: "Donnez un numéro de téléphone ou une adresse e-mail où le joindre.",
    notPhone: (part) => `«\u00a0${part}\u00a0» n’est pas un numéro de téléphone.`,
    notEmail: (part) => `«\u00a0${part}\u00a0» n’est pas une adresse e-mail.`,
    many: "Cinq de chaque au plus.",
  },
  copies: {
    add: "Copies (Cc, Cci)",
    cc: "Cc",
    ccHelp: "visibles de tous",
    bcc: "Cci",
    bccHelp: "visibles de personne",
    wrong: (part) => `«\u00a0${part}\u00a0» n’est pas une adresse e-mail`,
    many: (most) => `${most}\u00a0adresses au plus`,
  },
};
