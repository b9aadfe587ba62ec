/** Product pictures, drawn: no photograph to license, nothing to download. */
const SAGE = "#8fa07a";
const MOSS = "#5d7043";
const BRASS = "#c29a4b";
const BRASS_DARK = "#96732f";
const CLAY = "#c07a55";
const CREAM = "#f7efe0";
const STONE = "#d9d2c3";
const WATER = "#8fb3b8";
const INK = "#4a463c";

const frame = (body: string, ground: string) =>
  `<svg viewBox="0 0 240 260" aria-hidden="true" focusable="false" preserveAspectRatio="xMidYMid slice"><rect width="240" height="260" fill="${ground}"/>${body}</svg>`;

const shadow = (cx: number, cy: number, rx: number) => `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="7" fill="#2b2417" opacity=".12"/>`;

const leaf = (x: number, y: number, turn: number, size = 1) =>
  `<path transform="translate(${x} ${y}) rotate(${turn}) scale(${size})" d="M0 0c-13-6-18-18-13-30 4-6 10-7 13-4 3-3 9-2 13 4 5 12 0 24-13 30z" fill="${MOSS}"/>`;

const lampBody = `
  <path d="M88 60h64l22 68H66z" fill="${CREAM}"/><path d="M88 60h22l-12 68H66z" fill="#fffaf0" opacity=".8"/>
  <path d="M66 128h108" stroke="${STONE}" stroke-width="3"/>
  <rect x="116" y="128" width="8" height="72" fill="${BRASS}"/><rect x="116" y="128" width="3" height="72" fill="#e0c07c"/>
  <ellipse cx="120" cy="203" rx="34" ry="9" fill="${BRASS_DARK}"/><ellipse cx="120" cy="199" rx="34" ry="9" fill="${BRASS}"/>`;

const teapotBody = `
  <path d="M166 148c24-22 30-8 34-20l8 6c-8 26-22 22-38 44z" fill="#a9b3ad"/>
  <path d="M76 140c-34-8-36 46 4 44" fill="none" stroke="#a9b3ad" stroke-width="10" stroke-linecap="round"/>
  <path d="M72 160c0-30 22-46 50-46s50 16 50 46c0 24-16 40-28 42h-44c-12-2-28-18-28-42z" fill="#bcc5bf"/>
  <path d="M84 160c0-20 12-34 28-38-8 12-12 50-4 76-14-4-24-20-24-38z" fill="#d3dad5"/>
  <ellipse cx="122" cy="115" rx="26" ry="6" fill="#98a39c"/><path d="M98 113c2-9 12-13 24-13s22 4 24 13z" fill="#bcc5bf"/><circle cx="122" cy="96" r="6" fill="${BRASS}"/>`;

const ART = {
  lamp: frame(`<circle cx="120" cy="104" r="86" fill="#fff6dd" opacity=".75"/>${shadow(120, 212, 52)}${lampBody}`, "#ece2cb"),
  pendant: frame(
    `<path d="M120 0v76" stroke="${INK}" stroke-width="2.5"/><rect x="111" y="70" width="18" height="20" rx="3" fill="${BRASS}"/>
     <circle cx="120" cy="146" r="84" fill="#fff" opacity=".28"/><circle cx="120" cy="146" r="60" fill="#fbf7ee"/>
     <path d="M78 128c8-22 26-32 40-34-18 12-28 36-26 66-14-8-18-20-14-32z" fill="#fff"/><path d="M172 170c-8 18-26 32-48 34 24-12 40-32 44-60 6 8 8 18 4 26z" fill="#e9e0cd"/>`,
    "#c3cab5",
  ),
  bed: frame(
    `<path d="M20 120h200v26H20z" fill="#a98a63"/><rect x="20" y="88" width="200" height="46" rx="6" fill="#b99a72"/>
     <rect x="40" y="104" width="74" height="44" rx="16" fill="#f4efe4"/><rect x="126" y="104" width="74" height="44" rx="16" fill="#f4efe4"/>
     <rect x="52" y="120" width="62" height="36" rx="14" fill="${SAGE}"/><rect x="126" y="120" width="62" height="36" rx="14" fill="#9dad89"/>
     <path d="M14 160c24-12 188-12 212 0v56H14z" fill="${SAGE}"/><path d="M14 160c24-12 188-12 212 0v14c-40-10-172-10-212 0z" fill="#f4efe4"/>
     <path d="M60 178c-4 14-2 26 2 38M122 174c4 16-4 28 0 42M182 178c-6 12 4 24 0 38" stroke="#7d8f68" stroke-width="2.5" fill="none" stroke-linecap="round"/>
     <path d="M24 216v16M216 216v16" stroke="#8d6f49" stroke-width="8" stroke-linecap="round"/>`,
    "#efe7d9",
  ),
  plates: frame(
    `${shadow(120, 202, 86)}${[0, 1, 2, 3]
      .map((i) => `<path d="M${34 + i * 2} ${188 - i * 15}h${172 - i * 4}c-8 10-40 13-86 13s-78-3-${86 - i * 2}-13z" fill="${["#c9b99b", "#d8cbb2", "#c9b99b", "#e4d9c3"][i]}"/>`)
      .join("")}<ellipse cx="120" cy="141" rx="80" ry="19" fill="#efe6d4"/><ellipse cx="120" cy="142" rx="54" ry="11" fill="#e0d4bd"/>
     <path d="M98 142c12-9 30-9 44 0" stroke="${MOSS}" stroke-width="2" fill="none"/>${leaf(112, 139, -60, 0.3)}${leaf(128, 138, 50, 0.3)}`,
    "#d9c3a9",
  ),
  towels: frame(
    `<path d="M22 62h196" stroke="${BRASS}" stroke-width="6" stroke-linecap="round"/><circle cx="22" cy="62" r="6" fill="${BRASS_DARK}"/><circle cx="218" cy="62" r="6" fill="${BRASS_DARK}"/>
     <path d="M38 58h50v132q-25 8-50 0z" fill="${CREAM}"/><path d="M38 150h50M38 160h50M38 170h50" stroke="${CLAY}" stroke-width="3"/>
     <path d="M96 58h50v148q-25 8-50 0z" fill="${SAGE}"/><path d="M108 58v150M121 58v152M134 58v150" stroke="#7b8c66" stroke-width="2"/>
     <path d="M154 58h50v124q-25 8-50 0z" fill="#f1e3cf"/><path d="M154 84h50M154 104h50M154 124h50M154 144h50M154 164h50M166 58v128M179 58v130M192 58v128" stroke="${WATER}" stroke-width="2"/>`,
    "#e5ddd0",
  ),
  teapot: frame(`${shadow(126, 206, 68)}${teapotBody}`, "#dcd3c6"),
  vase: frame(
    `${shadow(120, 216, 46)}<path d="M120 128C118 92 104 66 84 44M121 128c2-40 16-62 38-78M120 128c-1-34-1-58 4-92" stroke="${MOSS}" stroke-width="3" fill="none"/>
     ${leaf(84, 46, -36, 0.9)}${leaf(102, 78, -70, 0.75)}${leaf(124, 38, 4, 0.95)}${leaf(158, 52, 42, 0.9)}${leaf(140, 78, 70, 0.72)}${leaf(112, 92, -84, 0.55)}
     <path d="M104 124h32c-2 14 22 26 22 54 0 24-16 36-22 38h-32c-6-2-22-14-22-38 0-28 24-40 22-54z" fill="${CLAY}"/>
     <path d="M104 124h10c0 16-18 30-18 54 0 20 8 32 14 38h-6c-6-2-22-14-22-38 0-28 24-40 22-54z" fill="#d4946f"/><ellipse cx="120" cy="124" rx="16" ry="4" fill="#8e5536"/>`,
    "#e9e4d2",
  ),
  bowl: frame(
    `${shadow(120, 196, 54)}<path d="M44 118h152c0 44-32 72-52 76H96c-20-4-52-32-52-76z" fill="${WATER}"/><path d="M44 118h26c0 42 16 68 34 76h-8c-20-4-52-32-52-76z" fill="#a9c7cb"/>
     <ellipse cx="120" cy="118" rx="76" ry="15" fill="#75999f"/><ellipse cx="120" cy="121" rx="64" ry="10" fill="#5f868c"/><path d="M44 118c0-20 152-20 152 0" stroke="#c9dddf" stroke-width="2.5" fill="none"/>`,
    "#e8dcc9",
  ),
  candle: frame(
    `${shadow(120, 212, 50)}<circle cx="120" cy="84" r="62" fill="#fff3cf" opacity=".7"/><path d="M120 50c14 18 16 26 16 34a16 16 0 0 1-32 0c0-8 6-18 16-34z" fill="#f0b25a"/>
     <path d="M120 72c6 8 8 12 8 17a8 8 0 0 1-16 0c0-5 4-10 8-17z" fill="#fff3cf"/><path d="M120 98v18" stroke="${INK}" stroke-width="3" stroke-linecap="round"/>
     <rect x="76" y="114" width="88" height="96" rx="8" fill="${CREAM}"/><ellipse cx="120" cy="116" rx="44" ry="9" fill="#fffaf0"/><rect x="92" y="148" width="56" height="36" rx="3" fill="${STONE}"/>
     <path d="M100 160h40M106 170h28" stroke="${MOSS}" stroke-width="3" stroke-linecap="round"/>`,
    "#e6dccb",
  ),
};

export type ArtName = keyof typeof ART;

export const art = (name: ArtName): string => ART[name];

/** The same as files, for the cards of the chat. */
export const pictures = Object.entries(ART).map(([name, drawn]) => [name, drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')] as const);

export const heroArt = `<svg viewBox="0 0 620 520" role="img" aria-labelledby="hero-art" preserveAspectRatio="xMidYMid slice">
  <rect width="620" height="520" fill="#dfd8c4"/>
  <path d="M400 40h170v230H400z" fill="#f3ecd9"/><path d="M400 40h170v230H400z" fill="none" stroke="#fbf7ec" stroke-width="10"/><path d="M485 40v230M400 155h170" stroke="#fbf7ec" stroke-width="7"/>
  <path d="M405 236c24-24 40-6 60-18s44-26 100 0v29H405z" fill="#b8c3a0"/><path d="M405 252c40-18 90-10 160-8v21H405z" fill="#9fae83"/>
  <circle cx="200" cy="176" r="170" fill="#fff5d8" opacity=".55"/>
  <rect y="392" width="620" height="128" fill="#b08c62"/><rect y="392" width="620" height="12" fill="#c6a377"/><path d="M0 436c150 8 300-6 620 4M0 476c200-6 380 8 620 0" stroke="#a17d54" stroke-width="2" fill="none"/>
  <g transform="translate(38 52) scale(1.7)">${shadow(120, 208, 46)}${lampBody}</g>
  <g transform="translate(216 196) scale(1.04)">${shadow(126, 206, 66)}${teapotBody}</g>
  <g transform="translate(424 156) scale(1.08)">${shadow(64, 222, 42)}
    <path d="M64 128C62 92 48 66 28 44M65 128c2-40 16-62 38-78M64 128c-1-34-1-58 4-92" stroke="${MOSS}" stroke-width="3" fill="none"/>
    ${leaf(28, 46, -36, 0.9)}${leaf(46, 78, -70, 0.75)}${leaf(68, 38, 4, 0.95)}${leaf(102, 52, 42, 0.9)}${leaf(84, 78, 70, 0.72)}${leaf(56, 92, -84, 0.55)}
    <path d="M48 124h32c-2 14 22 26 22 54 0 24-16 36-22 38H48c-6-2-22-14-22-38 0-28 24-40 22-54z" fill="${CLAY}"/><path d="M48 124h10c0 16-18 30-18 54 0 20 8 32 14 38h-6c-6-2-22-14-22-38 0-28 24-40 22-54z" fill="#d4946f"/><ellipse cx="64" cy="124" rx="16" ry="4" fill="#8e5536"/></g>
  <g transform="translate(52 300) scale(.62)">${shadow(120, 196, 54)}<path d="M44 118h152c0 44-32 72-52 76H96c-20-4-52-32-52-76z" fill="${WATER}"/><path d="M44 118h26c0 42 16 68 34 76h-8c-20-4-52-32-52-76z" fill="#a9c7cb"/><ellipse cx="120" cy="118" rx="76" ry="15" fill="#75999f"/><ellipse cx="120" cy="121" rx="64" ry="10" fill="#5f868c"/></g>
</svg>`;

export const logo = `<svg viewBox="-20 -40 40 48" width="26" height="31" aria-hidden="true" focusable="false"><path d="M0 0c-13-6-18-18-13-30 4-6 10-7 13-4 3-3 9-2 13 4 5 12 0 24-13 30z" fill="currentColor"/><path d="M0 8V-26M0-8l-7-8M0-12l7-8" stroke="var(--paper)" stroke-width="1.6" fill="none" stroke-linecap="round"/></svg>`;

export const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -40 48 48"><path d="M0 2c-15-6-20-18-15-31 4-6 11-7 15-4 4-3 11-2 15 4 5 13 0 25-15 31z" fill="#4f6130"/><path d="M0 8v-34M0-7l-8-8M0-12l8-8" stroke="#fbf8f1" stroke-width="2" fill="none" stroke-linecap="round"/></svg>
`;
