// The inbox in English: further views, filters, putting off, canned replies, taking an answer back.

export const furtherViews = { team: "My team", longest: "Waiting longest", risk: "Promise at risk", snoozed: "Snoozed", mentioned: "Mentioned" };

export const furtherEmpty = {
  team: { title: "Nothing for your team", text: "What your teams have, or should take, appears here.", go: "See who is waiting" },
  longest: { title: "Nobody waits for a person", text: "Everybody has had an answer.", go: "See the assistant’s" },
  risk: { title: "No promise is at risk", text: "Conversations whose case is nearly out of time appear here.", go: "See who is waiting" },
  snoozed: { title: "You have snoozed nothing", text: "What you put off waits here, and comes back by itself.", go: "See yours" },
  mentioned: { title: "Nobody needs you", text: "Conversations in which a colleague mentions you stay here until you have read them.", go: "See yours" },
};

export const inbox = {
  more: "More views and filters",
  views: "More views",
  saved: "Saved filters",
  shared: "shared with everybody",
  remove: (name: string) => `Delete the filter ${name}`,
  atRisk: (n: number) => (n === 1 ? "1 promise at risk" : `${n} promises at risk`),
  channel: "Channel",
  language: "Language",
  topic: "Topic",
  team: "Team",
  any: "All",
  name: "Name of the filter",
  save: "Save",
  share: "For everybody",
  clear: "Show everything",
  nothing: "Nothing fits these filters",

  snooze: "Snooze",
  wake: "Bring back now",
  snoozeText: "It leaves your list and comes back at the top. If the customer writes before, it comes back at once.",
  inAnHour: "In an hour",
  tomorrow: "Tomorrow morning",
  untilTheyWrite: "Until the customer writes",
  noReminder: "without a reminder",
  onADay: "On a day",
  set: "Snooze",
  past: "Choose a time to come.",
  back: "Back",
  backAt: "Back at",
  onWriting: "when they write",

  canned: "Canned replies",
  cannedNone: "No canned reply of that name",
  cannedFailed: "That reply could not be loaded. Try again.",
  blanks: "To fill in before sending:",
  facts: {
    "customer.first_name": "first name", "customer.last_name": "last name", "customer.name": "customer’s name", "order.number": "order number",
    "order.date": "order date", "order.total": "order total", "agent.first_name": "your first name", "agent.name": "your name", today: "date",
  } as Record<string, string>,

  undoSend: "Undo send (5 s)",
  undo: "Undo send",
  undoKeys: "Undo send (Ctrl + Z in the empty composer)",
  held: "The answer leaves in a few seconds",
  leaves: (n: number) => `Leaves in ${n} s`,
};
