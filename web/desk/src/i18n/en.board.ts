// What the desk says of the board before it is opened, of whispers, and of what is known already, in English.

export const board = {
  board: {
    title: "Live board",
    whispers: (name: string) => `${name || "A supervisor"}, to you alone`,
    whispered: "A supervisor whispered something to you in one of your conversations.",
    known: (label: string) => `You already have this: ${label}.`,
    insert: (value: string) => `Insert ${value}`,
  },
};
