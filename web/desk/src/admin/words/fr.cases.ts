// Le réglage des dossiers, en français.

import type { cases as english } from "./en.cases";

export const cases: typeof english = {
  caseTypes: {
    title: "Types de dossier",
    lead: "Ce qu’un dossier peut être\u00a0: son type lui donne son équipe et dit si le client le voit.",
    add: "Ajouter un type",
    none: "Aucun type",
    noneText: "Sans type, aucun dossier ne s’ouvre.",
    nameFr: "Nom en français",
    nameEn: "Nom en anglais",
    team: "Équipe",
    teamHelp: "Elle reçoit les nouveaux dossiers de ce type, sauf indication contraire.",
    position: "Rang",
    positionHelp: "Le plus petit nombre vient en premier.",
    days: "Jours avant qu’un dossier résolu soit clos",
    daysHelp: "Sans un mot du client. Vide\u00a0: il ne se clôt pas de lui-même.",
    see: "Les clients voient les leurs",
    seeHelp: "Sinon, leur compte et le chat n’en savent rien, et aucun e-mail n’annonce l’ouverture.",
    mail: "E-mail à l’ouverture",
    mailHelp: "Le client apprend le numéro et la suite.",
    active: "En usage",
    activeHelp: "Désactivé, les dossiers qui l’ont le gardent, et aucun nouveau ne le prend.",
    hidden: "Invisible des clients",
    retired: "Retiré",
    remove: "Supprimer",
    removeSure: "Supprimer ce type\u00a0?",
  },
};
