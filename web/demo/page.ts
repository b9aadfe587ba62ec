/** The shop's page as HTML, the same for both languages. */
import { art, heroArt, logo } from "./art";
import { WORDS, type Product, type Words } from "./words";

const basket = `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M16 10a4 4 0 0 1-8 0"/><path d="M3.1 6h17.8"/><path d="M3.4 5.47A2 2 0 0 0 3 6.67V20a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6.67a2 2 0 0 0-.4-1.2l-2-2.67A2 2 0 0 0 17 2H7a2 2 0 0 0-1.6.8z"/></svg>`;

/** The address inside the page that a kind of product answers to, in the page's language. */
function anchors(words: Words): Partial<Record<Product["art"], string>> {
  const [lamps, linen, crockery] = words.nav.map(([href]) => href.slice(1));
  return { lamp: lamps ?? "", bed: linen ?? "", plates: crockery ?? "" };
}

function product(words: Words, { art: name, name: title, what, price, tag }: Product): string {
  const id = anchors(words)[name];
  return `<li class="product"${id ? ` id="${id}"` : ""}>
        <div class="picture">${art(name)}${tag ? `<span class="tag">${tag}</span>` : ""}</div>
        <h3>${title}</h3>
        <p class="what">${what}</p>
        <p class="price">${price}</p>
      </li>`;
}

export function page(words: Words): string {
  const { lang, other } = words;
  const list = (items: [string, string][]) => items.map(([href, text]) => `<li><a href="${href}">${text}</a></li>`).join("");
  return `<!doctype html>
<html lang="${lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
  <title>${words.title}</title>
  <meta name="description" content="${words.description}">
  <meta name="color-scheme" content="light dark">
  <link rel="alternate" hreflang="fr" href="/demo/fr/">
  <link rel="alternate" hreflang="en" href="/demo/en/">
  <link rel="alternate" hreflang="x-default" href="/demo/en/">
  <link rel="icon" href="/demo/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/demo/shop.css">
</head>
<body>
  <a class="skip" href="#content">${words.skip}</a>
  <header>
    <p class="bar">${words.bar}</p>
    <div class="top">
    <a class="brand" href="/demo/${lang}/">${logo}<span>Maison Tilleul</span></a>
    <nav aria-label="${words.menuLabel}"><ul>${list(words.nav)}<li><a href="${words.help}">${words.helpTitle}</a></li><li><a href="${words.account}">${words.accountTitle}</a></li></ul></nav>
    <div class="tools">
      <a class="tool" href="/demo/${other.lang}/" hreflang="${other.lang}" lang="${other.lang}" aria-label="${other.label}">${other.name}</a>
      <span class="tool basket" role="img" aria-label="${words.basket}">${basket}</span>
    </div>
    </div>
  </header>
  <main id="content">
    <section class="hero">
      <div class="hero-text">
        <h1>${words.heroTitle}</h1>
        <p>${words.heroText}</p>
        <a class="button" href="#collection">${words.heroAction}</a>
      </div>
      <div class="hero-art"><span id="hero-art" class="unseen">${words.heroArt}</span>${heroArt}</div>
    </section>
    <section class="collection" id="collection">
      <h2>${words.productsTitle}</h2>
      <p class="lead">${words.productsText}</p>
      <ul class="products">
        ${words.products.map((each) => product(words, each)).join("\n        ")}
      </ul>
    </section>
    <ul class="promises">${words.promises.map(([title, text]) => `<li><strong>${title}</strong><span>${text}</span></li>`).join("")}</ul>
    <section class="ask">
      <h2>${words.askTitle}</h2>
      <p>${words.askText}</p>
      <div class="ask-actions">
        <button class="button" type="button" data-chat>${words.askChat}</button>
        <a class="button quiet" href="${words.help}">${words.askHelp}</a>
      </div>
    </section>
  </main>
  <footer class="foot">
    <div>
      <a class="brand" href="/demo/${lang}/">${logo}<span>Maison Tilleul</span></a>
      <p class="note">${words.note}</p>
    </div>
    <div><h2>${words.helpTitle}</h2><ul>${list(words.links)}</ul></div>
    <div><h2>${words.shopsTitle}</h2><ul>${words.shops.map((shop) => `<li>${shop}</li>`).join("")}</ul></div>
  </footer>
  <script src="/demo/shop.js" type="module"></script>
  <script src="/widget/relais.js" data-language="${lang}" data-accent="#4f6130" async></script>
</body>
</html>
`;
}

/** Somebody who asks for /demo/ alone is sent to French, and can choose if nothing happens. */
export function frontDoor(): string {
  const link = ({ lang, title }: Words) => `<p><a href="/demo/${lang}/" lang="${lang}">${title}</a></p>`;
  return `<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>Maison Tilleul</title><meta http-equiv="refresh" content="0; url=/demo/fr/"></head>
<body>${link(WORDS.fr)}${link(WORDS.en)}</body>
</html>
`;
}
