// How cases are set up, in English.

export const cases = {
  caseTypes: {
    title: "Case types",
    lead: "What a case can be: the type gives it its team, and says whether its customer sees it.",
    add: "Add a type",
    none: "No type",
    noneText: "Without a type no case can be opened.",
    nameFr: "Name in French",
    nameEn: "Name in English",
    team: "Team",
    teamHelp: "Gets new cases of this type, unless something else is said.",
    position: "Rank",
    positionHelp: "The smallest number comes first.",
    days: "Days before a resolved one closes",
    daysHelp: "Without a word from the customer. Empty: it doesn’t close by itself.",
    see: "Customers see theirs",
    seeHelp: "Off, their account and the chat know nothing of it, and no mail says that one was opened.",
    mail: "Mail when one is opened",
    mailHelp: "The customer is told the number and what comes next.",
    active: "In use",
    activeHelp: "Switched off, cases that have it keep it, and no new one gets it.",
    hidden: "Customers don’t see it",
    retired: "Retired",
    remove: "Delete",
    removeSure: "Delete this type?",
  },
};
