// Reading a place out of what an agent pastes: coordinates, or the address of a map.

import type { Place } from "./types";

const PAIR = "(-?\\d{1,3}(?:\\.\\d+)?)";
/** The marker of a map comes before its middle, which is where somebody happened to look. */
const FORMS = [
  /[?&]mlat=(-?[\d.]+)&mlon=(-?[\d.]+)/,
  /!3d(-?[\d.]+)!4d(-?[\d.]+)/,
  new RegExp(`[?&](?:q|query|ll|daddr|destination|sll|cp)=(?:loc:)?${PAIR}(?:,|%2C|~)\\s*${PAIR}`, "i"),
  new RegExp(`/@${PAIR},${PAIR}`),
  /#map=[\d.]+\/(-?[\d.]+)\/(-?[\d.]+)/,
  new RegExp(`^geo:${PAIR},${PAIR}`, "i"),
  new RegExp(`^\\(?${PAIR}\\s*[,; ]\\s*${PAIR}\\)?$`),
];
/** As the French write numbers: `45,757 ; 4,832`. */
const WITH_COMMAS = /^(-?\d{1,3},\d+)\s*[;/ ]\s*(-?\d{1,3},\d+)$/;

/** The latitude and longitude that are meant; null where none on Earth are. */
export function coordinates(pasted: string): Pick<Place, "latitude" | "longitude"> | null {
  const text = pasted.trim().replaceAll("\u2212", "-").replaceAll("°", "");
  const commas = WITH_COMMAS.exec(text);
  const found = commas ? commas.map((part) => part.replace(",", ".")) : FORMS.map((form) => form.exec(text)).find(Boolean);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  const real = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return real ? { latitude, longitude } : null;
}
