// What is offered to an agent, and where they are, in French.

import type { routing as english } from "./en.routing";

export const routing: typeof english = {
  routing: {
    presences: { available: "Disponible", busy: "Occupé", away: "Absent", offline: "Hors ligne" },
    reason: "Motif",
    reasons: ["Pause", "Déjeuner", "Réunion", "Formation", "Suivi de dossiers"],
    noReason: "Sans motif",
    offers: "On vous propose",
    kind: {
      work: "Une personne attend",
      transfer: (name) => `${name} vous transmet cette conversation`,
      join: (name) => `${name} vous demande de venir`,
    },
    case: (number) => `Dossier ${number}`,
    accept: "Accepter",
    decline: "Refuser",
    left: (seconds) => `encore ${seconds}\u00a0s`,
    setAway: "Vous êtes passé en absent\u00a0: des propositions sont restées sans réponse, ou ce bureau n’a pas servi depuis un moment.",
  },
};
