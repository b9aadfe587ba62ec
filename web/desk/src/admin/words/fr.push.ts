// Being told by one's browser, in French.

import type { push as PushIn } from "./en.push";

export const push: typeof PushIn = {
  title: "Quand vous ne regardez pas l’espace",
  lead: "Ce navigateur peut vous prévenir d’un nouveau message dans vos conversations, d’une conversation proposée, d’une mention ou d’un rappel, même quand l’espace est fermé. Jamais avec les mots d’un client.",
  states: { on: "Activé dans ce navigateur", off: "Désactivé dans ce navigateur", blocked: "Bloqué par ce navigateur", unsupported: "Impossible dans ce navigateur" },
  turnOn: "Me prévenir par ce navigateur",
  turnOff: "Ne plus me prévenir ici",
  blocked: "Les notifications de cette adresse sont bloquées\u00a0: autorisez-les dans les réglages du navigateur (le plus souvent à côté de l’adresse), puis rechargez la page.",
  unsupported: "Il ne peut pas recevoir de notifications ici. Sur un iPhone ou un iPad, ajoutez d’abord l’espace à l’écran d’accueil et ouvrez-le de là.",
  failed: "Le service de notifications de ce navigateur n’a pas répondu. Rien n’a changé\u00a0; réessayez plus tard.",
  who: "Les notifications passent, chiffrées, par le service de l’éditeur de votre navigateur, qui voit quand vous en recevez une mais pas ce qu’elle dit. Elles cessent quand vous vous déconnectez, et tant que l’espace est sous vos yeux.",
};
