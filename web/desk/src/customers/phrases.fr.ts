// Comment se disent en français les règles des segments : ce que chaque champ fait être, avoir ou faire aux clients.

import type { Phrase, Phrases } from "./phrases.en";

const of = (what: string, none: string): Phrase => ({ is: (q) => `ont ${what} ${q}`, known: `ont ${what.replace(/\u00a0:$/, "")}`, unknown: none });
const at = (did: string, never: string, once: string): Phrase => ({ is: (time) => `${did} ${time}`, known: once, unknown: never });

const AU = ["GB", "CA", "PT", "LU", "DK", "JP", "BR", "MA", "MX", "SN", "LI", "QA", "KW", "LB", "CL", "PE", "VN", "CM", "BJ", "TG", "ML", "NE", "GA"];
const AUX = ["US", "NL", "AE", "PH"];
const A = ["MC", "MT", "CY", "SG", "HK", "CU", "MG", "MU"];

export const phrases: Phrases = {
  customers: (said) => `Clients qui ${said}`,
  among: (said) => `ne sont pas de ceux qui ${said}`,
  and: "et", or: "ou",
  quantity: { eq: (v) => `exactement ${v}`, ne: (v) => `autre chose que ${v}`, lt: (v) => `moins de ${v}`, le: (v) => `au plus ${v}`, gt: (v) => `plus de ${v}`, ge: (v) => `au moins ${v}` },
  between: (a, b) => `entre ${a} et ${b}`,
  time: { before: (v) => `avant le ${v}`, after: (v) => `après le ${v}`, in_last_days: (v) => `dans les ${v} derniers jours`, not_in_last_days: (v) => `il y a plus de ${v} jours` },
  within: (days) => ` en ${days} jours`,
  contains: (v) => `quelque chose avec «\u00a0${v}\u00a0»`,
  begins: (v) => `quelque chose qui commence par «\u00a0${v}\u00a0»`,
  place: (code, name) => `${AU.includes(code) ? "au" : AUX.includes(code) ? "aux" : A.includes(code) ? "à" : "en"} ${name}`,
  vip: (yes) => (yes ? "sont VIP" : "ne sont pas VIP"),
  other: (label) => ({
    is: (v) => `ont ${v} sous «\u00a0${label}\u00a0»`, not: (v) => `n’ont pas ${v} sous «\u00a0${label}\u00a0»`, all: (v) => `ont ${v} sous «\u00a0${label}\u00a0»`, known: `ont quelque chose sous «\u00a0${label}\u00a0»`,
    unknown: `n’ont rien sous «\u00a0${label}\u00a0»`,
  }),
  fields: {
    recency_score: of("une note de récence\u00a0:", "n’ont pas de note de récence"), frequency_score: of("une note de fréquence\u00a0:", "n’ont pas de note de fréquence"),
    monetary_score: of("une note de montant\u00a0:", "n’ont pas de note de montant"), lifetime_value: of("une valeur à venir\u00a0:", "n’ont pas de valeur à venir"),
    leaving_risk: of("un risque de départ\u00a0:", "n’ont pas de risque de départ connu"), alive: of("une probabilité d’être encore client\u00a0:", "n’ont pas de probabilité connue d’être encore client"),
    expected_orders: { is: (q) => `devraient passer ${q} commandes`, known: "ont des commandes attendues", unknown: "n’ont pas de commande attendue" },
    stage: { is: (v) => `sont à l’étape ${v}`, not: (v) => `ne sont pas à l’étape ${v}`, known: "ont une étape de vie", unknown: "n’ont pas d’étape de vie" },
    stage_since: at("sont arrivés à leur étape", "n’ont pas d’étape de vie", "ont une étape de vie"), first_order: at("ont commandé la première fois", "n’ont jamais commandé", "ont déjà commandé"),
    last_order: at("ont commandé la dernière fois", "n’ont jamais commandé", "ont déjà commandé"), customer_since: at("sont devenus clients", "sont clients on ne sait depuis quand", "sont clients"),
    last_contact: at("nous ont parlé la dernière fois", "ne nous ont jamais parlé", "nous ont déjà parlé"),
    currency: { is: (v) => `paient en ${v}`, not: (v) => `ne paient pas en ${v}`, known: "ont déjà payé", unknown: "n’ont jamais payé" },
    orders: { is: (q) => `ont passé ${q} commandes` }, spent: { is: (q) => `ont dépensé ${q}` }, open_cases: { is: (q) => `ont ${q} dossiers ouverts` },
    bought_categories: { is: (v) => `ont acheté dans ${v}`, not: (v) => `n’ont rien acheté dans ${v}`, all: (v) => `ont acheté dans ${v}`, known: "ont acheté quelque chose", unknown: "n’ont rien acheté" },
    bought_products: { is: (v) => `ont acheté ${v}`, not: (v) => `n’ont pas acheté ${v}`, all: (v) => `ont acheté ${v}`, known: "ont acheté quelque chose", unknown: "n’ont rien acheté" },
    language: { is: (v) => `parlent ${v}`, not: (v) => `ne parlent pas ${v}` },
    countries: { is: (v) => `ont une adresse ${v}`, not: (v) => `n’ont pas d’adresse ${v}`, all: (v) => `ont des adresses ${v}`, known: "ont une adresse", unknown: "n’ont pas d’adresse" },
    tags: { is: (v) => `ont l’étiquette ${v}`, not: (v) => `n’ont pas l’étiquette ${v}`, all: (v) => `ont les étiquettes ${v}`, known: "ont une étiquette", unknown: "n’ont aucune étiquette" },
    consents: { is: (v) => `ont accepté ${v}`, not: (v) => `n’ont pas accepté ${v}`, all: (v) => `ont accepté ${v}`, known: "ont accepté quelque chose", unknown: "n’ont rien accepté" },
    channels: { is: (v) => `ont écrit par ${v}`, not: (v) => `n’ont pas écrit par ${v}`, all: (v) => `ont écrit par ${v}`, known: "nous ont écrit", unknown: "ne nous ont jamais écrit" },
    open_case_types: { is: (v) => `ont un dossier ouvert de type ${v}`, not: (v) => `n’ont pas de dossier ouvert de type ${v}`, all: (v) => `ont des dossiers ouverts de type ${v}`, known: "ont un dossier ouvert", unknown: "n’ont pas de dossier ouvert" },
  },
};
