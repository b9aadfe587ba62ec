// What goes with an answer besides words and files, in English.

export const answers = {
  place: {
    add: "Send a place",
    where: "Coordinates or a map’s address",
    name: "Name",
    address: "Address",
    join: "Add to the answer",
    cancel: "Cancel",
    wrong: "No place can be read from this. Paste coordinates such as 45.7578, 4.8320, or the address of a map.",
  },
  person: {
    add: "Send a contact",
    name: "Name",
    phones: "Telephone",
    emails: "E-mail address",
    noName: "A contact needs a name.",
    noWay: "Give a telephone number or an e-mail address to reach them by.",
    notPhone: (part: string) => `“${part}” is not a telephone number.`,
    notEmail: (part: string) => `“${part}” is not an e-mail address.`,
    many: "Five of each at most.",
  },
  copies: {
    add: "Copies (Cc, Bcc)",
    cc: "Cc",
    ccHelp: "everyone sees them",
    bcc: "Bcc",
    bccHelp: "nobody sees them",
    wrong: (part: string) => `“${part}” is not an e-mail address`,
    many: (most: number) => `At most ${most} addresses`,
  },
};
