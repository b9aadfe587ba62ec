// What is offered to an agent, and where they are, in English.

export const routing = {
  routing: {
    presences: { available: "Available", busy: "Busy", away: "Away", offline: "Offline" },
    reason: "Why",
    reasons: ["Break", "Lunch", "Meeting", "Training", "Follow-up work"],
    noReason: "No reason given",
    offers: "Offered to you",
    kind: {
      work: "A customer is waiting",
      transfer: (name: string) => `${name} is passing this on to you`,
      join: (name: string) => `${name} asks you to join`,
    },
    case: (number: string) => `Case ${number}`,
    accept: "Accept",
    decline: "Decline",
    left: (seconds: number) => `${seconds} s left`,
    setAway: "You were set to away, because offers were not answered or nobody touched this desk for a while.",
  },
};
