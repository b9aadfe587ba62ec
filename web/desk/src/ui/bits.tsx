// Small parts used in several places: buttons with an icon, marks, plain text with safe links.

import {
  FaceAngry, Copy, Check, Mail, MessageCircle, MessageSquare, Send, Shield, ShieldCheck, Smartphone, type LucideIcon,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { linkify } from "../linkify";
import type { Proof } from "../types";
import { useLanguage, useSelect, useText } from "./hooks";

export function Icon({ of: Shape, size = 16 }: { of: LucideIcon; size?: number }) {
  return <Shape size={size} strokeWidth={1.75} aria-hidden="true" class="icon" />;
}

interface IconButtonProps {
  icon: LucideIcon;
  label: string;
  onClick(event: MouseEvent): void;
  class?: string;
  pressed?: boolean;
  hint?: string;
  testId?: string;
}

/** A button that shows an icon only: its name is for screen readers and for the pointer. */
export function IconButton({ icon, label, onClick, pressed, hint, testId, ...rest }: IconButtonProps) {
  return (
    <button
      type="button" class={`icon-button ${rest.class ?? ""}`} aria-label={label} aria-pressed={pressed}
      title={hint ? `${label} (${hint})` : label} onClick={onClick} data-testid={testId}
    >
      <Icon of={icon} />
    </button>
  );
}

export function Key({ children }: { children: ComponentChildren }) {
  return <kbd class="key">{children}</kbd>;
}

const CHANNELS: Record<string, LucideIcon> = {
  webchat: MessageSquare, telegram: Send, whatsapp: Smartphone, mail: Mail,
};

/** What a channel is called, as its folder on the server says; one that is gone goes by its own name. */
export function useChannelName(): (channel: string) => string {
  const t = useText();
  const language = useLanguage();
  const names = useSelect((state) => state.channelNames);
  return (channel) =>
    names[channel]?.[language] ?? (channel ? channel.charAt(0).toUpperCase() + channel.slice(1) : t.channel.other);
}

interface ChannelIconProps {
  channel: string;
  /** Spells the channel out; without it the icon carries its name. */
  words?: boolean;
  /** Its name stands beside it already. */
  silent?: boolean;
}

export function ChannelIcon({ channel, words = false, silent = false }: ChannelIconProps) {
  const name = useChannelName()(channel);
  return (
    <span class="mark" title={name}>
      <Icon of={CHANNELS[channel] ?? MessageCircle} size={14} />
      {!silent && <span class={words ? "" : "sr"}>{name}</span>}
    </span>
  );
}

export function ProofMark({ proof }: { proof: Proof }) {
  const t = useText();
  const sure = proof === "verified" || proof === "signed_in";
  return (
    <span class={`proof ${sure ? "proof-sure" : ""}`} title={t.proofHelp[proof]}>
      <Icon of={sure ? ShieldCheck : Shield} size={14} />
      {t.proof[proof]}
    </span>
  );
}

/** `words` spells the mood out; without it the mark carries it as its text alternative. */
export function UpsetMark({ words = false }: { words?: boolean }) {
  const t = useText();
  return (
    <span class="upset" title={t.list.upset}>
      <Icon of={FaceAngry} size={14} />
      {words ? t.mood.upset : <span class="sr">{t.list.upset}</span>}
    </span>
  );
}

/** A plain space before French punctuation must not leave a lone "?" on the next line. */
const held = (text: string): string => text.replace(/ (?=[?!;:»](?:\s|$))/g, "\u00a0");

/** Text strictly as text: line breaks count, https addresses may be opened, nothing else is interpreted. */
export function PlainText({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((piece, index) =>
        piece.href
          ? <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">{piece.text}</a>
          : held(piece.text))}
    </>
  );
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  // Browsers give the clipboard to secure pages only.
  if (typeof navigator.clipboard === "undefined") return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).catch(() => {});
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button type="button" class="copy" onClick={() => void copy()} title={t.context.copy(what)}>
      <Icon of={copied ? Check : Copy} size={14} />
      <span class="sr" aria-live="polite">{copied ? t.context.copied : t.context.copy(what)}</span>
    </button>
  );
}

interface Choice<T extends string> {
  value: T;
  label: string;
}

interface SegmentsProps<T extends string> {
  label: string;
  name: string;
  value: T;
  choices: Choice<T>[];
  onChange(value: T): void;
  testId?: string;
}

/** One choice among two or three, all in sight: radio buttons that look like one control. */
export function Segments<T extends string>({ label, name, value, choices, onChange, testId }: SegmentsProps<T>) {
  return (
    <fieldset class="segments" data-testid={testId}>
      <legend class="sr">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="segment" data-testid={testId ? `${testId}-${choice.value}` : undefined}>
          <input
            type="radio" class="sr" name={name} value={choice.value} checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What stands where a page's content will be; its box says that it is busy. */
export function Loading({ says }: { says?: string }) {
  const t = useText();
  return (
    <>
      <span class="sr" role="status">{says ?? t.pages.loading}</span>
      {[1, 2, 3].map((one) => <div key={one} class="skeleton page-skeleton" aria-hidden="true" />)}
    </>
  );
}

export function Mark() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--r-accent)" />
      <path d="M8 11.5a3 3 0 0 1 3-3h7a3 3 0 0 1 3 3v3a3 3 0 0 1-3 3h-3.5L11 20.5v-3a3 3 0 0 1-3-3z" fill="var(--r-on-accent)" />
      <path d="M24 15.5v5a3 3 0 0 1-3 3h-5" fill="none" stroke="var(--r-on-accent)" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
