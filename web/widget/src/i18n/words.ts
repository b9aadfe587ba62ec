/** The names of every sentence the full widget says. */
export interface Plural {
  one: string;
  other: string;
}

type Early =
  | "closeChat"
  | "assistantOf" | "byBot" | "byAgent" | "queueTitle" | "queueNext" | "queueUnknown" | "closedTitle"
  | "byNobody" | "connecting" | "offline" | "offlineSafe" | "refused"
  | "menu" | "otherLanguage" | "newConversation" | "person" | "personAsked" | "personHere" | "someone"
  | "messages" | "write" | "placeholder" | "send"
  | "you" | "sending" | "waiting" | "failed" | "retry" | "discard" | "botTyping" | "agentTyping" | "replies"
  | "newMessages" | "earlier" | "today" | "yesterday"
  | "welcome" | "welcomeText" | "starters" | "starterOrder" | "starterReturn" | "starterDelivery" | "hours" | "article" | "track" | "product" | "fromPrice" | "newTab"
  | "attach" | "dropHere" | "removeFile" | "retryFile" | "fileSending" | "fileWaiting"
  | "fileTooLarge" | "fileType" | "fileInfected" | "fileBroken" | "fileEmpty" | "fileLimited" | "fileLost"
  | "fileFailed" | "tooMany" | "openFile" | "arriving" | "goneTooLarge" | "goneType" | "goneInfected"
  | "goneBroken" | "gone" | "cards" | "previousCard" | "nextCard" | "conversations" | "back" | "loading"
  | "elsewhere" | "sound" | "sent"
  | "delivered" | "read" | "edited" | "deleted" | "reactions" | "quote"
  | "tomorrow" | "teamBack" | "nobodyHere" | "leave" | "email" | "transcript"
  | "viewFailed" | "beforeTitle" | "fieldName" | "fieldOrder" | "goOn" | "wrongEmail" | "wrongOrder";

export type Counted = "queueAhead" | "queueAbout" | "left" | "over" | "newHere";

/** Said in the views that are loaded when they are wanted. */
type Later =
  | "map" | "sharedPlace" | "saveContact"
  | "noConversations" | "listFailed" | "thisOne" | "ended" | "noText" | "sendFirst" | "elsewhereText" | "openThere"
  | "sendCode" | "copy" | "copied" | "validUntil" | "elsewhereFailed" | "emailOnFile" | "notSent" | "transcriptText"
  | "transcriptSent" | "answerText" | "leaveText" | "leaveEmpty" | "rateTitle" | "rate5" | "rate4" | "rate3" | "rate2" | "rate1"
  | "answer" | "answerSent" | "answerCode" | "passedOn" | "correct" | "corrected" | "byYou" | "save" | "remove" | "waitElsewhere"
  | "callBack" | "callText" | "callWhen" | "callNumber" | "callOnFile" | "callSend" | "callBooked"
  | "rateComment" | "rateThanks" | "rateSaid" | "rateChange" | "rateLate";

export type Sentence = Early | Later;
export type Words = Record<Early, string> & Record<Counted, Plural>;
export type LaterWords = Record<Later, string>;
