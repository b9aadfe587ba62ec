// What the audit log says: most deeds and things are called by their code with spaces in it.

import { acts as frenchActs, facts as frenchFacts, kinds as frenchKinds, said as frenchSaid } from "./fr.audit";

const spaced = (codes: Record<string, string>): Record<string, string> => Object.fromEntries(Object.keys(codes).map((code) => [code, code.replaceAll("_", " ")]));

export const acts: Record<string, string> = {
  ...spaced(frenchActs), sso_refused: "single sign-on refused", customer_wrote: "customer wrote", handed_over: "handed over to a person", leave: "left", ran: "run", push_begun: "browser notices on", push_ended: "browser notices off",
  work_counted: "work counted", let_go: "details let go", merge_undone: "merge undone", set: "set", done_in_bulk: "done in bulk", second_factor_on: "second factor on", second_factor_off: "second factor off",
};

export const kinds: Record<string, string> = {
  ...spaced(frenchKinds), agent: "colleague", article_test: "test question", article_version: "version of an article", outbox: "outgoing messages", question_group: "unanswered questions", group: "household", key: "API key",
  service_policy: "service level", tag: "customer tag", conversation_tag: "tag", retention: "retention",
};

export const facts: Record<string, string> = {
  ...spaced(frenchFacts), agent: "colleague", comment_id: "comment", conversation_id: "conversation", file_id: "file", group: "household", id: "identifier", identity: "way to reach them", intent: "subject", message_id: "message",
  score: "customer’s rating", seq: "message no.", wrap_up: "wrap-up",
};

export const said: Record<string, string> = {
  ...spaced(frenchSaid), code_to_email: "code by e-mail", code_to_phone: "code by phone", email: "e-mail", en: "English", false: "no", fr: "French", mail: "e-mail", telegram: "Telegram", token: "the company’s site", true: "yes",
  webchat: "site chat", whatsapp: "WhatsApp",
};
