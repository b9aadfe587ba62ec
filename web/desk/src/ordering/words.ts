// The words of what is done to an order, which come with it.

import type { Act, Language } from "../types";
import { useLanguage } from "../ui/hooks";

const en = {
  title: {
    cancel: (n: string) => `Cancel order ${n}`,
    change_address: (n: string) => `Send order ${n} somewhere else`,
    return: (n: string) => `Take pieces of order ${n} back`,
    warranty: (n: string) => `Something in order ${n} is faulty`,
    refund: (n: string) => `Refund order ${n}`,
  } as Record<Act, (n: string) => string>,
  text: {
    cancel: "It will not be sent. What was paid goes back to where it came from.",
    change_address: "For this order alone: the customer’s own addresses stay as they are.",
    return: "The customer sends them back with the slip; they are paid back or replaced once they have been looked at.",
    warranty: "Under the warranty: paid back or replaced once they have been looked at.",
    refund: "Money goes back to the means of payment it came from.",
  } as Record<Act, string>,
  confirm: { cancel: "Cancel the order", change_address: "Change the address", return: "Note the return", warranty: "Note the return", refund: "Refund" } as Record<Act, string>,
  done: {
    cancel: (n: string) => `Order ${n} is cancelled.`,
    change_address: (n: string) => `Order ${n} goes to the new address.`,
    return: (n: string) => `The return for order ${n} is noted.`,
    warranty: (n: string) => `The return for order ${n} is noted.`,
    refund: (n: string) => `The refund for order ${n} is on its way.`,
  } as Record<Act, (n: string) => string>,
  meanwhile: "This order changed while you were here. Read it again before you confirm; what you typed is kept.",
  impossible: "This order changed while you were here, and that is not possible any more. What you typed is kept.",
  failed: "The order could not be loaded.",
  again: "Try again",
  reason: "Why",
  note: "Note for colleagues",
  cancelled: {
    changed_mind: "They changed their mind", ordered_twice: "Ordered twice", too_late: "It would come too late", out_of_stock: "Out of stock", not_paid: "Not paid", fraud: "Fraud", other: "Another reason",
  },
  back: {
    changed_mind: "They changed their mind", wrong_size: "Wrong size", late: "Arrived too late", other: "Another reason",
    not_as_described: "Not as described", wrong_item: "Wrong item received", damaged: "Arrived damaged", defective: "Faulty, or does not work",
  },
  refunded: { late: "Late", damaged: "Damaged", lost: "Lost", price: "Price", goodwill: "Goodwill", returned: "Came back", other: "Another reason" },
  kind: "What they would like",
  kinds: { return: "Their money back", exchange: "The same again" },
  pieces: (name: string) => `Pieces of “${name}”`,
  nothing: "Choose at least one piece.",
  amount: (currency: string) => `Amount in ${currency}`,
  most: (sum: string) => `${sum} at most.`,
  badAmount: "That amount will not do.",
  leave: "Leave it as it is",
  address: { name: "Name", line1: "Address", line2: "More of the address", postcode: "Postcode", city: "Town", region: "Region", country: "Country" },
};

const fr: typeof en = {
  title: {
    cancel: (n) => `Annuler la commande ${n}`,
    change_address: (n) => `Livrer la commande ${n} ailleurs`,
    return: (n) => `Reprendre des articles de la commande ${n}`,
    warranty: (n) => `Un article de la commande ${n} a un défaut`,
    refund: (n) => `Rembourser la commande ${n}`,
  },
  text: {
    cancel: "Elle ne partira pas. Ce qui a été payé retourne d’où il vient.",
    change_address: "Pour cette commande seulement\u00a0: les adresses du client ne changent pas.",
    return: "Le client les renvoie avec le bon de retour\u00a0; ils sont remboursés ou remplacés après contrôle.",
    warranty: "Au titre de la garantie\u00a0: remboursement ou remplacement après contrôle.",
    refund: "L’argent retourne au moyen de paiement d’origine.",
  },
  confirm: { cancel: "Annuler la commande", change_address: "Changer l’adresse", return: "Noter le retour", warranty: "Noter le retour", refund: "Rembourser" },
  done: {
    cancel: (n) => `La commande ${n} est annulée.`,
    change_address: (n) => `La commande ${n} part à la nouvelle adresse.`,
    return: (n) => `Le retour de la commande ${n} est noté.`,
    warranty: (n) => `Le retour de la commande ${n} est noté.`,
    refund: (n) => `Le remboursement de la commande ${n} est parti.`,
  },
  meanwhile: "Cette commande a changé entre-temps. Relisez-la avant de confirmer\u00a0; ce que vous avez saisi est gardé.",
  impossible: "Cette commande a changé entre-temps et ce n’est plus possible. Ce que vous avez saisi est gardé.",
  failed: "La commande n’a pas pu être chargée.",
  again: "Réessayer",
  reason: "Raison",
  note: "Note pour les collègues",
  cancelled: {
    changed_mind: "Changement d’avis", ordered_twice: "Commandée deux fois", too_late: "Arriverait trop tard", out_of_stock: "Plus en stock", not_paid: "Non payée", fraud: "Fraude", other: "Autre raison",
  },
  back: {
    changed_mind: "Changement d’avis", wrong_size: "Mauvaise taille", late: "Arrivé trop tard", other: "Autre raison",
    not_as_described: "Non conforme à la description", wrong_item: "Mauvais article reçu", damaged: "Arrivé abîmé", defective: "Défaut, ou ne fonctionne pas",
  },
  refunded: { late: "Retard", damaged: "Article abîmé", lost: "Perte", price: "Prix", goodwill: "Geste commercial", returned: "Retour", other: "Autre raison" },
  kind: "Ce que souhaite le client",
  kinds: { return: "Un remboursement", exchange: "Le même à neuf" },
  pieces: (name) => `Nombre de «\u00a0${name}\u00a0»`,
  nothing: "Choisissez au moins un article.",
  amount: (currency) => `Montant en ${currency}`,
  most: (sum) => `${sum} au plus.`,
  badAmount: "Ce montant ne va pas.",
  leave: "Ne rien changer",
  address: { name: "Nom", line1: "Adresse", line2: "Complément", postcode: "Code postal", city: "Ville", region: "Région", country: "Pays" },
};

export const wordsOf = (language: Language): typeof en => (language === "fr" ? fr : en);

export function useWords(): typeof en {
  return wordsOf(useLanguage());
}
