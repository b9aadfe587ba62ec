// The commands of the desk itself; a feature with a folder of its own registers its own there.

import { ALL_VIEWS, type View } from "../types";
import { isMine, isOpen, register, type Command, type Words } from "../ui/commands";
import { mayOpen } from "../ui/page";
import { fr } from "../i18n/fr";
import { en } from "../i18n/en";

const READS = "conversations.read";
const WRITES = "conversations.write";

const page = (name: "channels" | "undelivered" | "admin", words: Words, shortcut: string): Command => ({
  id: name, group: "pages", words, shortcut, may: (agent) => mayOpen(name, agent), run: (desk) => desk.go({ page: name }),
});

const view = (name: View, index: number): Command => ({
  id: `view.${name}`, group: "move", words: { fr: fr.views[name], en: en.views[name] },
  also: { fr: "liste vue boîte", en: "list view inbox" }, ...(index < 9 && { shortcut: String(index + 1) }), may: READS,
  run: (desk) => desk.go({ page: "conversations", view: name }),
});

register(
  { id: "next", group: "move", words: { fr: "Conversation suivante", en: "Next conversation" }, shortcut: "j", may: READS },
  { id: "previous", group: "move", words: { fr: "Conversation précédente", en: "Previous conversation" }, shortcut: "k", may: READS },
  { id: "row.move", group: "move", words: { fr: "Monter et descendre dans la liste", en: "Up and down in the list" }, shortcut: ["ArrowUp", "ArrowDown"], may: READS, local: true },
  { id: "row.open", group: "move", words: { fr: "Ouvrir la conversation de la liste", en: "Open the conversation of the list" }, shortcut: "Enter", may: READS, local: true },
  { id: "search", group: "move", words: { fr: "Chercher dans la liste", en: "Search the list" }, also: { fr: "trouver", en: "find" }, shortcut: "/", may: READS, when: ({ page }) => page === "conversations" },
  { id: "filters", group: "move", words: { fr: "Autres vues et filtres", en: "More views and filters" }, shortcut: "f", may: READS },
  ...ALL_VIEWS.map(view),

  { id: "take", group: "conversation", words: { fr: "Prendre la conversation", en: "Take the conversation" }, also: { fr: "accepter moi", en: "accept claim me" }, shortcut: "t", may: WRITES },
  { id: "release", group: "conversation", words: { fr: "Rendre à l’assistant", en: "Hand back to the assistant" }, also: { fr: "robot libérer", en: "bot release return" }, shortcut: "e", may: WRITES, when: isMine },
  { id: "close", group: "conversation", words: { fr: "Clore la conversation", en: "Close the conversation" }, also: { fr: "terminer résoudre fermer", en: "end resolve finish" }, shortcut: "x", may: WRITES, when: isMine },
  { id: "snooze", group: "conversation", words: { fr: "Mettre en veille", en: "Snooze" }, also: { fr: "reporter plus tard", en: "put off later" }, shortcut: "z", may: WRITES, when: isMine },
  { id: "context", group: "conversation", words: { fr: "Afficher ou masquer les détails", en: "Show or hide details" }, also: { fr: "client fiche commandes", en: "customer orders side" }, shortcut: "i", may: READS, when: isOpen },

  { id: "reply", group: "write", words: { fr: "Écrire une réponse", en: "Write an answer" }, also: { fr: "répondre message", en: "reply message" }, shortcut: "r", may: WRITES, when: isMine },
  { id: "attach", group: "write", words: { fr: "Joindre des fichiers", en: "Attach files" }, also: { fr: "pièce jointe image", en: "upload image document" }, shortcut: "a", may: WRITES, when: isMine },
  { id: "composer.send", group: "write", words: { fr: "Envoyer", en: "Send" }, shortcut: "Mod+Enter", may: WRITES, local: true },
  { id: "composer.canned", group: "write", words: { fr: "Réponses types, dans la zone vide", en: "Canned replies, in the empty field" }, shortcut: "/", may: WRITES, local: true },
  { id: "composer.undo", group: "write", words: { fr: "Annuler l’envoi, dans la zone vide", en: "Undo sending, in the empty field" }, shortcut: "Mod+Z", may: WRITES, local: true },

  page("channels", { fr: "Canaux", en: "Channels" }, "c"),
  page("undelivered", { fr: "Non remis", en: "Undelivered" }, "u"),
  page("admin", { fr: "Administration", en: "Administration" }, "s"),
  { id: "account", group: "pages", words: { fr: "Mon compte", en: "My account" }, also: { fr: "mot de passe séances profil", en: "password sessions profile" }, run: (desk) => desk.go({ page: "account" }) },

  { id: "board", group: "pages", words: { fr: fr.board.title, en: en.board.title }, also: { fr: "superviseur file niveau de service mur", en: "supervisor queue service level wall" }, shortcut: "Shift+M", may: "conversations.supervise", run: (desk) => desk.go({ page: "board" }) },
  { id: "board.wall", group: "pages", words: { fr: "Tableau\u00a0: afficher au mur", en: "Board: put on the wall" }, shortcut: "w", may: "conversations.supervise", when: ({ page }) => page === "board" },

  { id: "palette", group: "desk", words: { fr: "Actions et recherche", en: "Commands and search" }, shortcut: "Mod+K" },
  { id: "help", group: "desk", words: { fr: "Raccourcis clavier", en: "Keyboard shortcuts" }, also: { fr: "aide touches", en: "help keys" }, shortcut: "?" },
  { id: "leave", group: "desk", words: { fr: "Quitter le champ, fermer ce qui flotte", en: "Leave the field, close what floats" }, shortcut: "Escape", local: true },
);
