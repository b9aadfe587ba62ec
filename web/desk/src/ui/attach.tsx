// Choosing, dropping and pasting files for an answer, and how each of them fares.

import { File as OtherFile, Image, Paperclip, RotateCw, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fileSize } from "../format";
import type { Upload } from "../work/uploads";
import { Icon, IconButton } from "./bits";
import { useCommand, type CommandName } from "./commands";
import { useDesk, useLanguage, useText } from "./hooks";

export function useUploads(id: string): Upload[] {
  const { uploads } = useDesk();
  const [list, set] = useState(() => uploads.of(id));
  useEffect(() => {
    set(uploads.of(id));
    return uploads.listen(() => set(uploads.of(id)));
  }, [id, uploads]);
  return list;
}

export function AttachButton({ id, command = "attach" }: { id: string; command?: CommandName }) {
  const t = useText();
  const { choose, input } = useChoosing(id);
  useCommand(command, choose);
  return (
    <>
      {input}
      <IconButton icon={Paperclip} label={t.files.attach} hint="a" onClick={choose} testId="attach" />
    </>
  );
}

/** The browser's own dialog for files: what is chosen waits under `id`. */
export function useChoosing(id: string, testId = "file-input") {
  const { uploads } = useDesk();
  const field = useRef<HTMLInputElement>(null);
  const input = (
    <input
      ref={field} type="file" multiple hidden data-testid={testId} onChange={(event) => {
        uploads.add(id, event.currentTarget.files ?? []);
        event.currentTarget.value = "";
      }}
    />
  );
  return { input, choose: () => field.current?.click() };
}

export function Tray({ id }: { id: string }) {
  const list = useUploads(id);
  if (list.length === 0) return null;
  return <ul class="tray" data-testid="tray">{list.map((one) => <Chip key={one.key} one={one} id={id} />)}</ul>;
}

function Chip({ one, id }: { one: Upload; id: string }) {
  const { uploads } = useDesk();
  const t = useText();
  const language = useLanguage();
  const { name, type, size } = one.source;
  const troubled = one.trouble !== null;
  return (
    <li class={`chip ${troubled ? "chip-trouble" : ""}`} data-testid="attached" data-state={troubled ? "failed" : one.file ? "kept" : "sending"}>
      <Icon of={type.startsWith("image/") ? Image : OtherFile} />
      <span class="file-words">
        <span class="file-name" dir="auto">{name}</span>
        <span class="file-note" role={troubled ? "alert" : undefined}>
          {troubled ? one.trouble || t.files.lost : one.file ? fileSize(size, language) : t.files.sending}
        </span>
        {!troubled && !one.file && <progress max={1} value={one.progress} aria-label={name} />}
      </span>
      {one.trouble === "" && <IconButton icon={RotateCw} label={t.files.retry(name)} onClick={() => uploads.retry(id, one.key)} />}
      <IconButton icon={X} label={t.files.remove(name)} onClick={() => uploads.remove(id, one.key)} />
    </li>
  );
}

/** Lets files be dropped anywhere on a place, but for those parts of it that take them themselves. True while some are held over it. */
export function useDrop(id: string, on = "[data-testid=conversation]", but = ""): boolean {
  const { uploads } = useDesk();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const place = on ? document.querySelector<HTMLElement>(on) : null;
    if (!place) return undefined;
    let depth = 0;
    const elsewhere = (event: DragEvent): boolean => but !== "" && (event.target as Element).closest?.(but) != null;
    const has = (event: DragEvent): boolean => (event.dataTransfer?.types.includes("Files") ?? false) && !elsewhere(event);
    const enter = (event: DragEvent): void => {
      if (has(event)) setOver(++depth > 0);
    };
    const leave = (event: DragEvent): void => {
      if (has(event)) setOver(--depth > 0);
    };
    const hold = (event: DragEvent): void => {
      if (has(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!has(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      uploads.add(id, event.dataTransfer?.files ?? []);
    };
    const heard = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, listener] of Object.entries(heard)) place.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(heard)) place.removeEventListener(name, listener as EventListener);
      setOver(false);
    };
  }, [id, uploads, on, but]);
  return over;
}

/** Pasted pictures and files; a spreadsheet's cells, which come as text too, stay text. */
export function pastedFiles(event: ClipboardEvent): File[] {
  const pasted = event.clipboardData;
  return pasted && pasted.files.length > 0 && !pasted.types.includes("text/plain") ? [...pasted.files] : [];
}
