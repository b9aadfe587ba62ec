// What notes and reminders add to the commands of the desk.

import { isOpen, register } from "../ui/commands";

register(
  {
    id: "note", group: "write", words: { fr: "Écrire une note interne", en: "Write a private note" },
    also: { fr: "privée commentaire collègue mention", en: "internal comment colleague mention" }, shortcut: "n", may: "conversations.write", when: isOpen,
  },
  {
    id: "remind", group: "conversation", words: { fr: "Me rappeler cette conversation", en: "Remind me of this conversation" },
    also: { fr: "rappel plus tard alarme", en: "reminder later alarm" }, shortcut: "d", may: "conversations.read", when: isOpen,
  },
  {
    id: "reminders", group: "desk", words: { fr: "Mes rappels", en: "My reminders" },
    also: { fr: "à faire tâches alarme", en: "to do tasks alarm" }, shortcut: "Shift+D", may: "conversations.read",
  },
);
