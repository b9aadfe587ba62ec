/** The names of every sentence the full widget says. */
export interface Plural {
  one: string;
  other: string;
}

type Sentence =
  | "closeChat"
  | "chatWith" | "assistantOf" | "byBot" | "byAgent" | "queueTitle" | "queueNext" | "queueUnknown" | "closedTitle"
  | "byNobody" | "connecting" | "offline" | "offlineSafe" | "refused"
  | "menu" | "otherLanguage" | "newConversation" | "person" | "personAsked" | "personHere" | "someone"
  | "messages" | "write" | "placeholder" | "send"
  | "you" | "sending" | "waiting" | "failed" | "retry" | "discard" | "botTyping" | "agentTyping" | "replies"
  | "newMessages" | "earlier" | "today" | "yesterday"
  | "welcome" | "welcomeText" | "starters" | "starterOrder" | "starterReturn" | "starterDelivery" | "hours" | "article" | "track" | "newTab";

export type Counted = "queueAhead" | "queueAbout" | "left" | "over";

export type Words = Record<Sentence, string> & Record<Counted, Plural>;
export type { Sentence };
