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
  ...spaced(frenchFacts), active: "in use", all: "all of it", any: "any of it", agent: "colleague", agent_id: "assignee", agents: "colleagues", amount_minor: "amount", at: "date", bot_counts: "the assistant’s answer counts", by: "by", calendar_id: "calendar", capacity: "places",
  categories: "product categories", category_id: "category", comment_id: "comment", contract_id: "contract", conversation_id: "conversation", customer_id: "customer", do: "deed", due_at: "due", email: "e-mail", enabled: "active",
  event: "when", external_id: "identifier elsewhere", file_id: "file", first_response: "first response (min)", from_stage: "from stage", group: "household", id: "identifier", identity: "way to reach them", intent: "subject", is: "comparison", op: "comparison",
  item_id: "item of the list", lead_minutes: "shortest notice (min)", line1: "address", line2: "address, second line", message_id: "message", minimum_minor: "from", names: "name", next_response: "next response (min)", on_breach: "when late",
  on_warning: "before it is late", order_id: "order", parent_id: "under", pause_on_third_party: "paused at a third party", per_customer: "times per customer", percent: "discount", place: "public holidays of", rank: "rank",
  resolution: "resolution (min)", resolution_key: "outcome", resolution_summary: "what was done", score: "customer’s rating", second_factor_roles: "second factor asked of", segment_id: "segment", seq: "message no.", shop_id: "shop",
  stop: "stops there", template_key: "template", terms: "words", titles: "title", type_key: "case type", url: "address", valid_from: "valid from", valid_to: "valid until", vip: "VIP", within_days: "within (days)", wait: "waiting", warn_percent: "warn at (%)",
  window_minutes: "length of a slot (min)", wrap_up: "wrap-up", zone: "time zone",
};

export const said: Record<string, string> = {
  ...spaced(frenchSaid), active: "in progress", agent: "the assignee", "case.opened": "a case opens", "case.priority": "priority of the case", "case.type": "type of the case", "case.waited": "a case waits", "clock.breached": "a promise is broken", code_to_email: "code by e-mail", code_to_phone: "code by phone", email: "e-mail",
  en: "English", false: "no", fr: "French", fri: "Fri", ge: "at least", in: "one of", le: "at most", mail: "e-mail", mon: "Mon", order_facts: "details of an order", owner: "they themselves", sat: "Sat", sso: "single sign-on", stage: "stage of the relation", sun: "Sun", supervisors: "the supervisors", telegram: "Telegram",
  thu: "Thu", token: "the company’s site", true: "yes", tue: "Tue", vip: "VIP", waiting_customer: "waiting for the customer", waiting_on_customer: "waiting for the customer", waiting_on_third_party: "waiting for a third party",
  waiting_other: "waiting for a third party", webchat: "site chat", wed: "Wed", whatsapp: "WhatsApp",
};
