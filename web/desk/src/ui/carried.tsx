// What a message carries beside its words: files, places, people's details, cards, reactions, the message it answers.

import { AudioLines, Contact as ContactIcon, Download, File as OtherFile, FileText, Film, Image, MapPin, Package, ShoppingBag, type LucideIcon } from "lucide-preact";
import { useState } from "preact/hooks";
import { fileSize, money } from "../format";
import type { Language } from "@shared/language";
import type { Dictionary } from "../i18n";
import { safeUrl } from "../linkify";
import type { Card, Contact, DeskMessage, FileKind, FileRef, Place } from "../types";
import { Icon } from "./bits";
import { useLanguage, useSelect, useText } from "./hooks";

const WIDEST = 240;
const TALLEST = 220;
const CARD_ICONS: Record<Card["kind"], LucideIcon> = { order: Package, article: FileText, product: ShoppingBag };
const ICONS: Record<FileKind, LucideIcon> = { image: Image, document: FileText, audio: AudioLines, video: Film, other: OtherFile };

/** A mail's inline pictures stand where its original shows them; here they come as any other file. */
export function Files({ files }: { files: Partial<FileRef>[] }) {
  if (files.length === 0) return null;
  return <ul class="files">{files.map((file, index) => <li key={file.id ?? index}><FileItem file={file} /></li>)}</ul>;
}

function FileItem({ file }: { file: Partial<FileRef> }) {
  const t = useText();
  const language = useLanguage();
  const name = file.name ?? "";
  const url = file.state === undefined || file.state === "kept" ? safeUrl(file.url ?? null) : null;
  if (url && file.kind === "image") {
    const { width, height } = fitted(file.width ?? null, file.height ?? null);
    return (
      <a class="picture" href={url} target="_blank" rel="noopener noreferrer" title={t.files.open(name)} data-testid="file">
        <img src={url} alt={name} width={width} height={height} loading="lazy" decoding="async" />
      </a>
    );
  }
  const note = file.state === "pending" ? t.files.pending
    : file.state === "refused" || file.state === "lost" ? t.files.refused[file.refused ?? "gone"] ?? t.files.gone
      : file.size === undefined ? "" : fileSize(file.size, language);
  return (
    <div class={`file file-${file.state ?? "kept"}`} data-testid="file">
      <Icon of={ICONS[file.kind ?? "other"]} />
      <span class="file-words">
        {url ? <a class="file-name" href={url} target="_blank" rel="noopener noreferrer" dir="auto">{name}</a> : <span class="file-name" dir="auto">{name}</span>}
        <span class="file-note">{note}</span>
      </span>
      {url && (
        <a class="icon-button" href={url} download={name} aria-label={t.files.download(name)} title={t.files.download(name)}>
          <Icon of={Download} />
        </a>
      )}
    </div>
  );
}

/** The size on screen, known before the picture is here, so that nothing jumps when it comes. */
export function fitted(width: number | null, height: number | null): { width: number; height: number } {
  if (!width || !height) return { width: WIDEST, height: Math.round((WIDEST * 3) / 4) };
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function SharedPlace({ place }: { place: Place }) {
  const t = useText();
  const { latitude, longitude, name, address } = place;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
  return (
    <div class="file" data-testid="location">
      <Icon of={MapPin} />
      <span class="file-words">
        <span class="file-name" dir="auto">{name || address || t.shared.place}</span>
        <span class="file-note">
          {name && address && <span dir="auto">{address} · </span>}
          {latitude.toFixed(5)}, {longitude.toFixed(5)} · <a href={map} target="_blank" rel="noopener noreferrer">{t.shared.map}</a>
        </span>
      </span>
    </div>
  );
}

export function ContactItem({ contact }: { contact: Contact }) {
  const t = useText();
  return (
    <div class="file" data-testid="contact">
      <Icon of={ContactIcon} />
      <span class="file-words">
        <span class="file-name" dir="auto"><span class="sr">{t.shared.contact} </span>{contact.name}</span>
        {[...contact.phones, ...contact.emails].map((one) => <span key={one} class="file-note">{one}</span>)}
      </span>
    </div>
  );
}

function priced({ minor, currency, lowest }: NonNullable<Card["price"]>, language: Language, t: Dictionary): string {
  const amount = money(minor, currency, language);
  return lowest ? t.transcript.from(amount) : amount;
}

export function CardItem({ card }: { card: Card }) {
  const t = useText();
  const language = useLanguage();
  const url = safeUrl(card.url);
  return (
    <div class="card" data-testid="card">
      <CardPicture key={card.picture} card={card} />
      <div>
        <p class="card-title" dir="auto">
          <span class="sr">{t.transcript[card.kind] ?? t.transcript.article} </span>
          {url ? <a href={url} target="_blank" rel="noopener noreferrer">{card.title}</a> : card.title}
        </p>
        {card.price && <p>{priced(card.price, language, t)}</p>}
        {card.text && <p dir="auto">{card.text}</p>}
        {card.lines && card.lines.length > 0 && <ul>{card.lines.map((line) => <li key={line} dir="auto">{line}</li>)}</ul>}
      </div>
    </div>
  );
}

/** In a room kept for it; where none comes, what kind of card it is. The title beside it says what it shows. */
function CardPicture({ card }: { card: Card }) {
  const [here, setHere] = useState(true);
  const picture = safeUrl(card.picture ?? null);
  if (!picture || !here) return <Icon of={CARD_ICONS[card.kind] ?? FileText} />;
  return <img class="card-picture" src={picture} alt="" width={72} height={72} loading="lazy" decoding="async" onError={() => setHere(false)} />;
}

export function Quote({ seq }: { seq: number }) {
  const t = useText();
  const quoted = useSelect((state) => state.open?.messages.find((message) => message.seq === seq)?.text ?? null);
  return <p class="quote" dir="auto"><span class="sr">{t.shared.answers("")}</span>{quoted || t.shared.quoteGone}</p>;
}

export function Reactions({ list }: { list: string[] }) {
  const t = useText();
  if (list.length === 0) return null;
  return <p class="reactions" role="img" aria-label={`${t.shared.reactions} ${list.join(" ")}`}>{list.map((one, index) => <span key={index}>{one}</span>)}</p>;
}

export function Carried({ message }: { message: DeskMessage }) {
  // The mail itself is looked at as "original", not as one of its files.
  const files = message.files.filter((file) => file.id !== message.details?.original);
  return (
    <>
      {message.cards.map((card, index) => <CardItem key={index} card={card} />)}
      <Files files={files} />
      {message.location && <SharedPlace place={message.location} />}
      {message.contacts.map((contact, index) => <ContactItem key={index} contact={contact} />)}
    </>
  );
}
