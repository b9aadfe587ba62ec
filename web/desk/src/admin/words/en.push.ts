// Being told by one's browser, in English.

export const push = {
  title: "When you’re not looking at the desk",
  lead: "This browser can tell you of a new message in your conversations, of one you’re offered, of a mention and of a reminder, also while the desk is closed. Never in a customer’s words.",
  states: { on: "On in this browser", off: "Off in this browser", blocked: "Blocked by this browser", unsupported: "Not possible in this browser" },
  turnOn: "Tell me by this browser",
  turnOff: "Stop telling me here",
  blocked: "Notifications from this address are blocked: allow them in the browser’s settings (beside the address, as a rule), then load the page again.",
  unsupported: "It cannot receive notifications here. On an iPhone or iPad, add the desk to your home screen first and open it from there.",
  failed: "This browser’s notification service didn’t answer. Nothing was changed; try again later.",
  who: "Notifications travel encrypted through the service of your browser’s maker, which sees when you get one but not what it says. They stop when you sign out, and while you have the desk before you.",
};
