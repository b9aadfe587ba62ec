// What stands beside a conversation, and what a role does not permit, in English.

import type { Act } from "../types";

const acts: Record<Act, string> = {
  cancel: "Cancel", change_address: "Change the address", return: "Return", warranty: "Warranty", refund: "Refund",
};

export const beside = {
  allowed: {
    label: "What is allowed now",
    acts,
    yes: "Allowed:",
    no: "Not allowed:",
    until: (day: string) => `until ${day}`,
  },
  returned: { picture: (at: number) => `Photo ${at} of the return` },
  cases: { title: "Cases", open: "Open a case", more: (n: number) => `${n} more` },
  offer: { title: "Worth suggesting" },
  rights: {
    nothing: "Nothing here for your role",
    nothingText: (role: string) => `The role “${role}” does not open conversations. An administrator can change that.`,
    reads: "Your role reads conversations without answering them.",
    customer: "Your role does not show the details of customers.",
  },
};
