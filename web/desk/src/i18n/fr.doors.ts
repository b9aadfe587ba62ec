// Les entrées du poste hors adresse et mot de passe, et ce qui mène à l’administration, en français.

import type { doors as english } from "./en.doors";

export const doors: typeof english = {
  doors: {
    code: "Code de votre application d’authentification",
    codeHelp: "Six chiffres, ou l’un de vos codes de secours.",
    wrongCode: "Ce code ne convient pas, ou il a déjà servi. Attendez le suivant.",
    other: "Se connecter avec un autre compte",
    forgotten: "Mot de passe oublié\u00a0?",
    or: "ou",
    sso: (name: string) => `Se connecter avec ${name}`,
    ssoFailed: {
      denied: "La connexion de votre entreprise ne vous a pas laissé entrer. Réessayez.",
      expired: "C’était trop long, ou commencé dans une autre fenêtre. Réessayez.",
      no_account: "Aucun compte n’existe ici pour cette adresse. Demandez une invitation à votre administrateur.",
      unreachable: "La connexion de votre entreprise est injoignable. Utilisez votre mot de passe, ou réessayez plus tard.",
      untrusted: "La réponse de la connexion de votre entreprise n’est pas fiable. Prévenez votre administrateur.",
      unverified: "La connexion de votre entreprise n’a pas vérifié votre adresse. Prévenez votre administrateur.",
    },
    inMinutes: (minutes: number) => `Trop de tentatives. Réessayez dans ${minutes === 1 ? "1\u00a0minute" : `${minutes}\u00a0minutes`}.`,
  },
  lazy: {
    loading: "Chargement…",
    stale: "Le poste a été mis à jour",
    staleText: "Cette page appartient à une version plus récente. Rechargez\u00a0: brouillons et messages non envoyés sont gardés.",
    reload: "Recharger",
    back: "Revenir aux conversations",
  },
  administration: {
    title: "Administration",
    account: "Votre compte",
    shortcut: "Administration",
  },
};
