// A mail as it came. Its HTML was sanitised by the server; the frame runs no script, and loads nothing until asked.

import { useEffect, useState } from "preact/hooks";
import { full } from "../format";
import type { Original } from "../types";
import { PlainText } from "./bits";
import { Files } from "./carried";
import { Dialog } from "./dialogs";
import { addresses } from "./envelope";
import { useDesk, useLanguage, useText } from "./hooks";

interface OriginalDialogProps {
  conversation: string;
  seq: number;
  onClose(): void;
}

export function OriginalDialog({ conversation, seq, onClose }: OriginalDialogProps) {
  const desk = useDesk();
  const t = useText();
  const [original, setOriginal] = useState<Original | null>(null);
  const [failed, setFailed] = useState(false);
  const load = async (images: boolean): Promise<void> => {
    setFailed(false);
    try {
      setOriginal(await desk.api.original(conversation, seq, images));
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => void load(false), []);
  return (
    <Dialog title={original?.subject || t.mail.originalTitle} onClose={onClose} wide>
      {failed && (
        <div class="empty" role="alert">
          <p class="empty-title">{t.mail.failed}</p>
          <button type="button" class="button" onClick={() => void load(false)}>{t.mail.retry}</button>
        </div>
      )}
      {!failed && !original && (
        <div aria-busy="true"><span class="sr" role="status">{t.mail.loading}</span><div class="skeleton original-skeleton" aria-hidden="true" /></div>
      )}
      {!failed && original && <Content original={original} showImages={() => void load(true)} />}
    </Dialog>
  );
}

function Content({ original, showImages }: { original: Original; showImages(): void }) {
  const t = useText();
  const language = useLanguage();
  const date = original.date && !Number.isNaN(Date.parse(original.date)) ? full(original.date, language) : original.date ?? "";
  const rows: [string, string][] = [
    [t.mail.from, addresses(original.from)], [t.mail.to, addresses(original.to)], [t.mail.cc, addresses(original.cc)], [t.mail.date, date],
  ];
  return (
    <div class="original" data-testid="original-content">
      <dl class="mail-addresses">
        {rows.map(([label, value]) => value && <div key={label}><dt>{label}</dt><dd dir="auto">{value}</dd></div>)}
      </dl>
      {original.blocked_images > 0 && (
        <div class="blocked" role="status">
          <span>{t.mail.blocked(original.blocked_images)} <span class="quiet">{t.mail.blockedWhy}</span></span>
          <button type="button" class="button" data-testid="show-images" onClick={showImages}>{t.mail.images}</button>
        </div>
      )}
      {original.html ? <Letter html={original.html} /> : <PlainLetter original={original} />}
      {original.attachments.length > 0 && <section><h3>{t.mail.attachments}</h3><Files files={original.attachments} /></section>}
    </div>
  );
}

const STYLE = "body{margin:16px;font:15px/1.5 system-ui,sans-serif;color:#1f1d1a;background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}";

function Letter({ html }: { html: string }) {
  const t = useText();
  // Links open elsewhere and tell nobody where they were found.
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><base target="_blank"><style>${STYLE}</style>${html}`;
  return (
    <iframe
      class="letter" title={t.mail.frame} srcdoc={page} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"
      data-testid="letter"
    />
  );
}

function PlainLetter({ original }: { original: Original }) {
  const t = useText();
  return (
    <div class="letter letter-plain">
      <p class="message-text" dir="auto"><PlainText text={original.text} /></p>
      {original.signature && <Folded title={t.mail.signature} text={original.signature} />}
      {original.quoted && <Folded title={t.mail.quoted} text={original.quoted} />}
    </div>
  );
}

function Folded({ title, text }: { title: string; text: string }) {
  return (
    <details class="folded">
      <summary>{title}</summary>
      <p class="message-text quiet" dir="auto"><PlainText text={text} /></p>
    </details>
  );
}
