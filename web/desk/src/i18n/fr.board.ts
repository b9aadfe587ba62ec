// Ce que le bureau dit du tableau avant qu’on l’ouvre, des mots soufflés, et de ce qu’on sait déjà, en français.

export const board = {
  board: {
    title: "Tableau en direct",
    whispers: (name: string) => `${name || "Un superviseur"}, pour vous seul`,
    whispered: "Un superviseur vous a soufflé quelque chose dans une de vos conversations.",
    known: (label: string) => `Vous l’avez déjà\u00a0: ${label}.`,
    insert: (value: string) => `Insérer ${value}`,
  },
};
