// How rules of segments are said in English: what each field makes customers be, have or have done.

export interface Phrase {
  /** With what is asked of it: a quantity, a time, or values joined by "or". */
  is(value: string): string;
  /** Where none of the values may be. */
  not?(value: string): string;
  /** Where every value has to be, joined by "and". */
  all?(value: string): string;
  known?: string;
  unknown?: string;
}

const of = (what: string): Phrase => ({ is: (q) => `have ${what} of ${q}`, known: `have ${what}`, unknown: `have no ${what.replace(/^an? /, "")}` });
const at = (did: string, never: string): Phrase => ({ is: (time) => `${did} ${time}`, known: `${did} once at least`, unknown: never });

export const phrases = {
  customers: (said: string): string => `Customers who ${said}`,
  among: (said: string): string => `are not among those who ${said}`,
  and: "and", or: "or",
  quantity: {
    eq: (v: string) => `exactly ${v}`, ne: (v: string) => `anything but ${v}`, lt: (v: string) => `less than ${v}`, le: (v: string) => `at most ${v}`, gt: (v: string) => `more than ${v}`, ge: (v: string) => `at least ${v}`,
  } as Record<string, (v: string) => string>,
  between: (a: string, b: string): string => `between ${a} and ${b}`,
  time: {
    before: (v: string) => `before ${v}`, after: (v: string) => `after ${v}`, in_last_days: (v: string) => `in the last ${v} days`, not_in_last_days: (v: string) => `more than ${v} days ago`,
  } as Record<string, (v: string) => string>,
  within: (days: number): string => ` within ${days} days`,
  contains: (v: string): string => `something with “${v}”`,
  begins: (v: string): string => `something that begins with “${v}”`,
  place: (code: string, name: string): string => (["GB", "US", "NL", "AE", "PH", "BS", "GM"].includes(code) ? `the ${name}` : name),
  vip: (yes: boolean): string => (yes ? "are VIPs" : "are not VIPs"),
  other: (label: string): Phrase => ({
    is: (v) => `have ${v} under “${label}”`, not: (v) => `do not have ${v} under “${label}”`, all: (v) => `have ${v} under “${label}”`, known: `have something under “${label}”`, unknown: `have nothing under “${label}”`,
  }),
  fields: {
    recency_score: of("a recency score"), frequency_score: of("a frequency score"), monetary_score: of("a monetary score"), lifetime_value: of("a lifetime value"), leaving_risk: of("a risk of leaving"),
    alive: of("a probability of still being customers"), expected_orders: { is: (q) => `are expected to place ${q} orders`, known: "have orders foreseen", unknown: "have no orders foreseen" },
    stage: { is: (v) => `are in the stage ${v}`, not: (v) => `are not in the stage ${v}`, known: "have a stage of life", unknown: "have no stage of life" },
    stage_since: at("came to their stage", "have no stage of life"), first_order: at("first ordered", "never ordered"), last_order: at("last ordered", "never ordered"),
    customer_since: at("became customers", "became customers at no known time"), last_contact: at("were last in touch", "were never in touch"),
    currency: { is: (v) => `pay in ${v}`, not: (v) => `do not pay in ${v}`, known: "have paid", unknown: "have never paid" },
    orders: { is: (q) => `placed ${q} orders` }, spent: { is: (q) => `spent ${q}` }, open_cases: { is: (q) => `have ${q} open cases` },
    bought_categories: { is: (v) => `bought from ${v}`, not: (v) => `bought nothing from ${v}`, all: (v) => `bought from ${v}`, known: "bought something", unknown: "bought nothing" },
    bought_products: { is: (v) => `bought ${v}`, not: (v) => `did not buy ${v}`, all: (v) => `bought ${v}`, known: "bought something", unknown: "bought nothing" },
    language: { is: (v) => `speak ${v}`, not: (v) => `do not speak ${v}` },
    countries: { is: (v) => `have an address in ${v}`, not: (v) => `have no address in ${v}`, all: (v) => `have addresses in ${v}`, known: "have an address", unknown: "have no address" },
    tags: { is: (v) => `have the tag ${v}`, not: (v) => `do not have the tag ${v}`, all: (v) => `have the tags ${v}`, known: "have a tag", unknown: "have no tag" },
    consents: { is: (v) => `agreed to ${v}`, not: (v) => `did not agree to ${v}`, all: (v) => `agreed to ${v}`, known: "agreed to something", unknown: "agreed to nothing" },
    channels: { is: (v) => `wrote by ${v}`, not: (v) => `did not write by ${v}`, all: (v) => `wrote by ${v}`, known: "wrote to us", unknown: "never wrote to us" },
    open_case_types: { is: (v) => `have an open case of type ${v}`, not: (v) => `have no open case of type ${v}`, all: (v) => `have open cases of type ${v}`, known: "have an open case", unknown: "have no open case" },
  } as Record<string, Phrase>,
};

export type Phrases = typeof phrases;
