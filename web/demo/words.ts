/** The shop in both languages. Prices and delays are those of the help articles in server/demo/articles. */
import type { ArtName } from "./art";

export interface Product {
  art: ArtName;
  name: string;
  what: string;
  price: string;
  tag?: string;
}

export interface Words {
  lang: "fr" | "en";
  other: { lang: "fr" | "en"; name: string; label: string };
  title: string;
  description: string;
  skip: string;
  bar: string;
  nav: [string, string][];
  menuLabel: string;
  basket: string;
  heroTitle: string;
  heroText: string;
  heroAction: string;
  heroArt: string;
  productsTitle: string;
  productsText: string;
  products: Product[];
  promises: [string, string][];
  askTitle: string;
  askText: string;
  askChat: string;
  askHelp: string;
  help: string;
  account: string;
  accountTitle: string;
  links: [string, string][];
  shopsTitle: string;
  shops: string[];
  helpTitle: string;
  note: string;
}

export const WORDS: Record<"fr" | "en", Words> = {
  fr: {
    lang: "fr",
    other: { lang: "en", name: "English", label: "Read this page in English" },
    title: "Maison Tilleul — lampes, linge et vaisselle",
    description: "Maison Tilleul dessine des lampes, du linge en lin et de la vaisselle en grès, faits pour durer.",
    skip: "Aller au contenu",
    bar: "Livraison offerte dès 60\u00a0€ · Retours gratuits sous 30\u00a0jours",
    nav: [["#lampes", "Lampes"], ["#linge", "Linge"], ["#vaisselle", "Vaisselle"]],
    menuLabel: "Rayons",
    basket: "Panier, vide",
    heroTitle: "Une maison se fait peu à peu.",
    heroText: "Des lampes, du lin, de la vaisselle\u00a0: des objets simples, choisis un par un, que l’on garde longtemps.",
    heroAction: "Voir la collection",
    heroArt: "Une table avec une lampe en laiton, une théière, un bol et un vase garni d’une branche de tilleul",
    productsTitle: "La collection d’automne",
    productsText: "Huit pièces pour les soirées qui rallongent.",
    products: [
      { art: "lamp", name: "Lampe Ondine", what: "Laiton brossé, abat-jour lin", price: "89,90\u00a0€", tag: "Nouveau" },
      { art: "bed", name: "Parure Lisière", what: "Lin lavé, sauge", price: "149,00\u00a0€" },
      { art: "plates", name: "Assiettes Colline", what: "Grès émaillé, lot de 4", price: "56,00\u00a0€" },
      { art: "pendant", name: "Suspension Grésil", what: "Verre opalin soufflé", price: "129,00\u00a0€" },
      { art: "towels", name: "Torchons Marelle", what: "Lin, lot de 3", price: "24,00\u00a0€" },
      { art: "teapot", name: "Théière Brume", what: "Grès, 0,8\u00a0litre", price: "48,00\u00a0€", tag: "Retour en stock" },
      { art: "vase", name: "Vase Verger", what: "Terre cuite, fait à la main", price: "39,00\u00a0€" },
      { art: "bowl", name: "Bol Rivage", what: "Grès, bleu d’eau", price: "14,50\u00a0€" },
    ],
    promises: [
      ["Livraison offerte dès 60\u00a0€", "À domicile, ou en boutique gratuitement."],
      ["30\u00a0jours pour changer d’avis", "Les retours sont gratuits, sans explication."],
      ["De vraies personnes", "Du lundi au samedi, de 9\u00a0h à 18\u00a0h."],
    ],
    askTitle: "Une question\u00a0?",
    askText: "Où est votre commande, comment laver le lin, quelle ampoule choisir\u00a0: demandez, nous répondons tout de suite.",
    askChat: "Écrire à la boutique",
    askHelp: "Ouvrir l’aide",
    help: "/fr/aide",
    account: "/fr/compte/demonstration",
    accountTitle: "Mon compte",
    links: [
      ["/fr/aide/frais-de-livraison", "Frais de livraison"],
      ["/fr/aide/retourner-un-article", "Retourner un article"],
      ["/fr/aide/trouver-mon-numero-de-commande", "Trouver mon numéro de commande"],
    ],
    shopsTitle: "Nos boutiques",
    shops: ["Lyon, 12 rue Auguste-Comte", "Paris, 48 rue du Bac", "Lille, 5 rue Esquermoise"],
    helpTitle: "Aide",
    note: "Maison Tilleul est une boutique imaginaire\u00a0: elle montre Relais, le centre de contact libre.",
  },
  en: {
    lang: "en",
    other: { lang: "fr", name: "Français", label: "Lire cette page en français" },
    title: "Maison Tilleul — lamps, linen and crockery",
    description: "Maison Tilleul designs lamps, linen and stoneware made to last.",
    skip: "Skip to content",
    bar: "Free delivery from £60 · Free returns for 30\u00a0days",
    nav: [["#lamps", "Lamps"], ["#linen", "Linen"], ["#crockery", "Crockery"]],
    menuLabel: "Departments",
    basket: "Basket, empty",
    heroTitle: "A home comes together slowly.",
    heroText: "Lamps, linen, crockery: simple things, chosen one by one, to keep for a long time.",
    heroAction: "See the collection",
    heroArt: "A table with a brass lamp, a teapot, a bowl and a vase holding a sprig of linden",
    productsTitle: "The autumn collection",
    productsText: "Eight pieces for longer evenings.",
    products: [
      { art: "lamp", name: "Ondine lamp", what: "Brushed brass, linen shade", price: "£79.90", tag: "New" },
      { art: "bed", name: "Lisière bed set", what: "Washed linen, sage", price: "£129.00" },
      { art: "plates", name: "Colline plates", what: "Glazed stoneware, set of 4", price: "£49.00" },
      { art: "pendant", name: "Grésil pendant", what: "Blown opal glass", price: "£115.00" },
      { art: "towels", name: "Marelle tea towels", what: "Linen, set of 3", price: "£21.00" },
      { art: "teapot", name: "Brume teapot", what: "Stoneware, 0.8\u00a0litres", price: "£42.00", tag: "Back in stock" },
      { art: "vase", name: "Verger vase", what: "Terracotta, made by hand", price: "£35.00" },
      { art: "bowl", name: "Rivage bowl", what: "Stoneware, water blue", price: "£12.50" },
    ],
    promises: [
      ["Free delivery from £60", "To your door, or to our shops free of charge."],
      ["30\u00a0days to change your mind", "Returns are free, no explanation needed."],
      ["Real people", "Monday to Saturday, 9\u00a0am to 6\u00a0pm, Paris time."],
    ],
    askTitle: "A question?",
    askText: "Where your order is, how to wash linen, which bulb to choose: just ask, we answer straight away.",
    askChat: "Write to the shop",
    askHelp: "Open the help centre",
    help: "/en/help",
    account: "/en/account/demonstration",
    accountTitle: "My account",
    links: [
      ["/en/help/delivery-costs", "Delivery costs"],
      ["/en/help/return-an-item", "Return an item"],
      ["/en/help/find-your-order-number", "Find your order number"],
    ],
    shopsTitle: "Our shops",
    shops: ["London, 21 Lamb’s Conduit Street", "Paris, 48 rue du Bac", "Lyon, 12 rue Auguste-Comte"],
    helpTitle: "Help",
    note: "Maison Tilleul is an imaginary shop: it shows Relais, the open contact centre.",
  },
};
