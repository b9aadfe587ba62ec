// One comment or reply of a case. One's own comment is corrected and taken back where it stands; what another window made of it meanwhile is told.

import { Pencil, Reply as ReplyIcon, Trash2, UsersRound } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRest } from "../admin/rest";
import { Refused } from "../api";
import { full } from "../format";
import { sends } from "../keys";
import { Icon, IconButton, PlainText } from "../ui/bits";
import { useLanguage, useSelect } from "../ui/hooks";
import type { Shown } from "./changing";
import { FileList } from "./files";
import { troubleOf, useWords } from "./parts";
import type { Said } from "./types";

type EntryProps = Shown & { each: Said };

export function Entry(props: EntryProps) {
  const { each, whole, writes } = props;
  const words = useWords();
  const language = useLanguage();
  const me = useSelect((state) => state.agent?.id);
  const [doing, set] = useState<"" | "editing" | "removing">("");
  const own = each.agent_id !== null && each.agent_id === me;
  const who = own ? words.said.you : whole.names[each.author] ?? (each.author.startsWith("customer") ? whole.customer?.name || words.said.customer : words.said.system);
  const files = whole.files.filter(({ comment_id }) => comment_id === each.id);
  const mine = writes && own && !each.reply;
  return (
    <li class={`cases-entry ${each.reply ? "cases-entry-reply" : ""}`} data-testid="case-said" data-reply={each.reply}>
      <p class="cases-entry-top quiet">
        <Icon of={each.reply ? ReplyIcon : UsersRound} size={14} />
        <strong dir="auto">{who}</strong>
        <span>{each.reply ? words.said.reply : words.said.comment}</span>
        <time dateTime={each.created_at}>{full(each.created_at, language)}</time>
        {each.edited_at && <span title={full(each.edited_at, language)} data-testid="said-edited">{words.said.edited}</span>}
        {mine && !doing && (
          <span class="cases-entry-acts">
            <IconButton icon={Pencil} label={words.editComment} testId="said-edit" onClick={() => set("editing")} />
            <IconButton icon={Trash2} label={words.removeComment} testId="said-remove" onClick={() => set("removing")} />
          </span>
        )}
      </p>
      {doing === "editing" ? <Editing {...props} files={files.length} onEnd={() => set("")} /> : each.body && <p class="cases-text" dir="auto"><PlainText text={each.body} /></p>}
      {files.length > 0 && <FileList files={files} />}
      {doing === "removing" && <Removing {...props} onEnd={() => set("")} />}
    </li>
  );
}

function Editing({ each, whole, reload, files, onEnd }: EntryProps & { files: number; onEnd(): void }) {
  const words = useWords();
  const rest = useRest();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, write] = useState(each.body);
  // The version that was seen: a newer one that comes meanwhile is no reason to write over it unasked.
  const [seen, see] = useState({ version: each.version, body: each.body });
  const [told, tell] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, []);
  const clash = each.version !== seen.version && each.body !== seen.body;
  const fit = text.trim() !== "" || files > 0;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !fit || clash) return;
    setBusy(true);
    tell("");
    try {
      if (text.trim() !== seen.body) await rest.patch(`/cases/${whole.case.id}/comments/${each.id}`, { body: text.trim() }, each.version);
      await reload();
      onEnd();
    } catch (error) {
      // What it is now comes with looking again, and is shown beside what was typed.
      if (!(error instanceof Refused && error.status === 412)) tell(error instanceof Refused && error.status === 404 ? words.commentGone : troubleOf(error, words));
      await reload();
      setBusy(false);
    }
  };
  const theirs = (): void => {
    write(each.body);
    see(each);
    field.current?.focus();
  };
  const mine = (): void => {
    see(each);
    field.current?.focus();
  };
  return (
    <form class="cases-writing" data-mode="comment" data-testid="said-form" onSubmit={(event) => void save(event)}>
      <textarea
        ref={field} value={text} rows={3} maxLength={20000} dir="auto" aria-label={words.comment} data-testid="said-text" onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (sends(event, false)) void save(event);
          if (event.key !== "Escape") return;
          event.preventDefault();
          onEnd();
        }}
      />
      {clash && (
        <div class="cases-conflict" role="alert" data-testid="said-clash">
          <p><strong>{words.meanwhile.title}</strong></p>
          <p dir="auto">{words.commentNow(each.body)}</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={theirs}>{words.commentTheirs}</button>
            <button type="button" class="button" data-testid="said-mine" onClick={mine}>{words.commentMine}</button>
          </div>
        </div>
      )}
      {told && <p class="trouble" role="alert">{told}</p>}
      <div class="cases-writing-end">
        <button type="button" class="button" onClick={onEnd}>{words.cancel}</button>
        <button type="submit" class="button primary" aria-disabled={busy || !fit || clash} data-testid="said-save">{busy ? words.saving : words.save}</button>
      </div>
    </form>
  );
}

function Removing({ each, whole, reload, trouble, onEnd }: EntryProps & { onEnd(): void }) {
  const words = useWords();
  const rest = useRest();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const remove = async (): Promise<void> => {
    await rest.remove(`/cases/${whole.case.id}/comments/${each.id}`, each.version).catch((error: unknown) => {
      trouble(error instanceof Refused && error.status === 412 ? new Refused(412, error.code, words.commentChanged) : error);
    });
    onEnd();
    await reload();
  };
  return (
    <div class="cases-entry-sure" role="group" aria-label={words.removeCommentSure}>
      <span>{words.removeCommentSure}</span>
      <button type="button" class="button" onClick={onEnd}>{words.cancel}</button>
      <button ref={first} type="button" class="button" data-testid="said-remove-sure" onClick={() => void remove()}>{words.removeComment}</button>
    </div>
  );
}
