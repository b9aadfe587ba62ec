/** The names of every sentence the full widget says. */
export interface Plural {
  one: string;
  other: string;
}

type Sentence =
  | "closeChat"
  | "assistantOf" | "byBot" | "byAgent" | "queueTitle" | "queueNext" | "queueUnknown" | "closedTitle"
  | "byNobody" | "connecting" | "offline" | "offlineSafe" | "refused"
  | "menu" | "otherLanguage" | "newConversation" | "person" | "personAsked" | "personHere" | "someone"
  | "messages" | "write" | "placeholder" | "send"
  | "you" | "sending" | "waiting" | "failed" | "retry" | "discard" | "botTyping" | "agentTyping" | "replies"
  | "newMessages" | "earlier" | "today" | "yesterday"
  | "welcome" | "welcomeText" | "starters" | "starterOrder" | "starterReturn" | "starterDelivery" | "hours" | "article" | "track" | "newTab"
  | "attach" | "dropHere" | "removeFile" | "retryFile" | "fileSending" | "fileWaiting"
  | "fileTooLarge" | "fileType" | "fileInfected" | "fileBroken" | "fileEmpty" | "fileLimited" | "fileLost"
  | "fileFailed" | "tooMany" | "openFile" | "arriving" | "goneTooLarge" | "goneType" | "goneInfected"
  | "goneBroken" | "gone" | "cards" | "previousCard" | "nextCard" | "conversations" | "back" | "loading"
  | "noConversations" | "listFailed" | "thisOne" | "ended" | "noText" | "sendFirst" | "elsewhere" | "elsewhereText"
  | "openThere" | "sendCode" | "copy" | "copied" | "validUntil" | "elsewhereFailed" | "sound" | "sent"
  | "delivered" | "read" | "edited" | "deleted" | "reactions" | "quote" | "map" | "sharedPlace"
  | "tomorrow" | "teamBack" | "email" | "emailOnFile" | "notSent" | "transcript" | "transcriptText"
  | "transcriptSent" | "answer" | "answerText" | "answerSent"
  | "rateTitle" | "rate5" | "rate4" | "rate3" | "rate2" | "rate1" | "rateComment" | "rateThanks" | "rateSaid" | "rateChange"
  | "rateLate";

export type Counted = "queueAhead" | "queueAbout" | "left" | "over" | "newHere";

export type Words = Record<Sentence, string> & Record<Counted, Plural>;
export type { Sentence };
