// How customers are reached, what became of an answer, and whose name misleads, in French.

import type { contact as english } from "./en.contact";

export const contact: typeof english = {
  contact: {
    title: "Nouvelles des commandes",
    unasked: { yes: "On peut lui écrire", no: "N’en veut pas" },
    consent: "Accord",
    prefers: "Canal préféré",
    noWish: "Sans préférence",
    noWay: "Aucun canal ne permet de lui écrire en premier.",
    week: "7 derniers jours",
    sent: (n, most) => `${n} sur ${most} au plus`,
    quiet: "Heures calmes",
    quietNow: (from, until) => `de ${from} à ${until}, en ce moment`,
    quietAt: (from, until) => `de ${from} à ${until}`,
    saved: "C’est noté.",
    failed: "Cela n’a pas pu être noté. Réessayez dans un instant.",
  },
  way: {
    waits: "Attend que le client écrive\u00a0: il sait qu’une réponse est prête.",
    instead: (channel, to) => `Parti à ${to} (${channel})\u00a0: ici, rien ne peut être écrit avant que le client n’écrive.`,
    answerBy: (channel, to) => `Votre réponse part à ${to} (${channel}), où elle a été promise.`,
    promised: (to) => `Réponse promise à ${to}`,
  },
  beware: { label: "Attention" },
  aside: {
    act: "Mettre de côté",
    why: "Pourquoi il n’est plus à envoyer",
    confirm: "Mettre de côté",
    cancel: "Annuler",
    done: "Mis de côté.",
    failed: "Il n’a pas pu être mis de côté.",
    told: (who, why) => `Mis de côté par ${who}\u00a0: ${why}`,
    open: "À envoyer",
    shown: "Mis de côté",
    which: "Lesquels",
    empty: "Rien n’est mis de côté",
    emptyText: "Ce que quelqu’un met de côté apparaît ici, avec la raison.",
    left: (n) => (n < 2 ? "1 nouvelle de commande est restée\u00a0: elle n’est plus d’actualité." : `${n} nouvelles de commandes sont restées\u00a0: elles ne sont plus d’actualité.`),
  },
};
