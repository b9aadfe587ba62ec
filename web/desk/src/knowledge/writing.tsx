// One language of an article while it is written: its fields, what it looks like, what is saved, and what comes next.

import { useEffect, useId, useState } from "preact/hooks";
import { Sure } from "../admin/parts";
import { Refused } from "../api";
import { useRest, type Many } from "../admin/rest";
import { Segments } from "../ui/bits";
import { Dialog } from "../ui/dialogs";
import { useDesk } from "../ui/hooks";
import { Clashes } from "./clashes";
import { Draft } from "./draft";
import type { At } from "./opened";
import { go, mayApprove, useRights, useWords } from "./parts";
import { Publishing } from "./publishing";
import { Shown, usePreview } from "./rendered";
import { TextArea } from "./text-area";
import type { Version } from "./types";
import { slugOf, type Field } from "./working";

type Props = At & { open: Version | null; published: Version | null; alone: boolean };

function useDraft({ known, language, open, published }: Props): Draft {
  const rest = useRest();
  const desk = useDesk();
  const [, redraw] = useState(0);
  const name = `article ${known.article.id} ${language}`;
  const [draft] = useState(() => new Draft({
    begin: (given) => rest.post<Version>("/article-versions", { article_id: known.article.id, language, ...given }),
    change: (id, given, version) => rest.patch<Version>(`/article-versions/${id}`, given, version),
    open: async () => {
      const found = await rest.get<Many<Version>>(`/article-versions?article_id=${known.article.id}&language=${language}&sort=-created_at&limit=50`);
      return found.items.find((each) => ["draft", "in_review", "scheduled"].includes(each.status)) ?? null;
    },
    kept: () => desk.keep.draft(name),
    keep: (text) => desk.keep.setDraft(name, text),
    told: () => redraw((n) => n + 1),
  }, open, published));
  useEffect(() => () => draft.leave(), []);
  return draft;
}

export function Writing(props: Props) {
  const { known, language, published, alone } = props;
  const words = useWords();
  const draft = useDraft(props);
  const [pane, setPane] = useState<"write" | "look">("write");
  const { texts } = draft;
  const preview = usePreview(known.article, language, texts.body);
  return (
    <section class="kn-writing" data-pane={pane} aria-label={words.languages[language]} data-testid={`kn-writing-${language}`}>
      {!alone && <h3>{words.languages[language]}</h3>}
      {draft.row?.review_note && <p class="kn-said" data-testid="kn-review-note"><strong>{words.review.sentBack}</strong> {draft.row.review_note}</p>}
      {draft.clash && <Clashes draft={draft} />}
      {alone && (
        <div class="kn-panes">
          <Segments
            label={words.layout} name="kn-pane" testId="kn-pane" value={pane} onChange={(to) => setPane(to)}
            choices={(["write", "look"] as const).map((one) => ({ value: one, label: words.panes[one] }))}
          />
        </div>
      )}
      <div class="kn-writing-two">
        <Fields {...props} draft={draft} fixedSlug={published !== null} />
        {alone && <div class="kn-look" aria-label={words.panes.look} role="region" tabIndex={0}><Shown shown={preview} language={language} title={texts.title} summary={texts.summary} /></div>}
      </div>
      {!alone && preview.preview && preview.preview.broken.length > 0 && <p class="kn-broken" role="status">{words.broken(preview.preview.broken)}</p>}
      <Steps {...props} draft={draft} />
    </section>
  );
}

function Fields({ known, language, draft, fixedSlug }: Props & { draft: Draft; fixedSlug: boolean }) {
  const words = useWords();
  const { texts, faults } = draft;
  // Until it is published an address follows the title, unless somebody chose another.
  const title = (to: string): void => draft.edit({ title: to, ...(!fixedSlug && (!texts.slug || texts.slug === slugOf(texts.title)) && { slug: slugOf(to) }) });
  const field = (name: Field): FieldProps => ({ name, label: words.fields[name], fault: faults[name] ?? starting(faults, `${name}.`), language });
  return (
    <div class="kn-fields">
      <Line {...field("title")} value={texts.title} onInput={title} testId="kn-title" />
      <Line {...field("summary")} value={texts.summary} onInput={(summary) => draft.edit({ summary })} rows={2} help={words.summaryHelp} testId="kn-summary" />
      <TextArea article={known.article} language={language} value={texts.body} fault={faults.body} onInput={(body) => draft.edit({ body })} />
      <Line {...field("questions")} value={texts.questions} onInput={(questions) => draft.edit({ questions })} rows={3} help={words.questionsHelp} testId="kn-questions" />
      <Line {...field("slug")} value={texts.slug} onInput={(slug) => draft.edit({ slug })} help={words.slugHelp} testId="kn-slug" />
      <Line {...field("note")} value={texts.note} onInput={(note) => draft.edit({ note })} help={words.noteHelp} testId="kn-note" />
      <label class="tick"><input type="checkbox" checked={texts.minor} onChange={(event) => draft.edit({ minor: event.currentTarget.checked })} /><span>{words.fields.minor}</span></label>
      {faults[""] && <p class="kn-broken" role="alert">{faults[""]}</p>}
    </div>
  );
}

const starting = (faults: Record<string, string>, prefix: string): string | undefined => Object.entries(faults).find(([name]) => name.startsWith(prefix))?.[1];

interface FieldProps {
  name: Field;
  label: string;
  fault: string | undefined;
  language: string;
}

function Line({ label, fault, language, value, onInput, rows, help, testId, name }: FieldProps & { value: string; onInput(to: string): void; rows?: number; help?: string; testId: string }) {
  const id = useId();
  const note = fault || help ? `${id}-note` : undefined;
  const common = { id, value, lang: name === "note" || name === "slug" ? undefined : language, "aria-invalid": fault ? true : undefined, "aria-describedby": note, "data-testid": testId };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows
        ? <textarea {...(common as object)} rows={rows} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
        : <input {...(common as object)} type="text" autocomplete="off" value={value} onInput={(event) => onInput(event.currentTarget.value)} />}
      {note && <p id={note} class="notes">{fault && <span class="problem" role="alert">{fault} </span>}{help && <span class="quiet">{help}</span>}</p>}
    </div>
  );
}

/** What is saved, and where it goes from here. */
function Steps({ known, language, of, changed, draft }: Props & { draft: Draft }) {
  const words = useWords();
  const rest = useRest();
  const rights = useRights();
  const [publishing, setPublishing] = useState<Version | null>(null);
  const [problem, setProblem] = useState("");
  const toArticle = async (): Promise<void> => {
    draft.forget();
    await changed();
    go({ show: "article", of, language, doing: "read" });
  };
  /** With everything saved: what is sent is what is seen. */
  const saved = async (then: (row: Version) => Promise<void> | void): Promise<void> => {
    setProblem("");
    if (!(await draft.save()) || !draft.row) return setProblem(draft.texts.title.trim() ? words.notSaved : words.needsTitle);
    try {
      await then(draft.row);
    } catch (error) {
      setProblem(error instanceof Refused ? Object.values(error.fields)[0] ?? error.detail : words.failed);
    }
  };
  const submit = (): Promise<void> => saved(async (row) => {
    await rest.post(`/article-versions/${row.id}/submit`, {}, row.version);
    await toArticle();
  });
  const discard = async (): Promise<void> => {
    await draft.save();
    const { row } = draft;
    if (row) await rest.remove(`/article-versions/${row.id}`, row.version).catch(() => {});
    await toArticle();
  };
  const row = draft.row;
  const begun = row !== null || draft.dirty;
  const may = rights.publishes && (!row ? rights.own : mayApprove(rights, row));
  return (
    <footer class="kn-steps">
      <span class="kn-state" role="status" data-testid={`kn-state-${language}`} data-state={begun ? draft.state : "untouched"}>{begun ? words.states[draft.state] : words.untouched}</span>
      {problem && <p class="kn-broken" role="alert">{problem}</p>}
      <span class="kn-steps-acts">
        {begun && <Sure label={words.discard} sure={words.discardSure} run={discard} testId="kn-discard" />}
        {may && <button type="button" class="button" aria-disabled={!begun} data-testid="kn-publish-now" onClick={() => begun && void saved((version) => setPublishing(version))}>{words.publishing}</button>}
        <button type="button" class="button primary" aria-disabled={!begun} data-testid="kn-submit" onClick={() => begun && void submit()}>{words.submit}</button>
      </span>
      {publishing && <Dialog title={words.publishTitle(known.article.key)} onClose={() => setPublishing(null)}><Publishing version={publishing} onDone={toArticle} /></Dialog>}
    </footer>
  );
}
