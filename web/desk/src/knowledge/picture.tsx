// A picture for an article: the file, and what it shows, for those who do not see it.

import { useState } from "preact/hooks";
import { Form, Text } from "../admin/parts";
import { Refused, Unreachable } from "../api";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage } from "../ui/hooks";
import type { Desk } from "../work/desk";
import { useWords } from "./parts";
import type { Article, ArticleFile } from "./types";

export function PictureDialog({ article, onDone, onClose }: { article: Article; onDone(file: string, alt: string): void; onClose(): void }) {
  const words = useWords();
  const desk = useDesk();
  const language = useLanguage();
  const [file, setFile] = useState<File | null>(null);
  const [alt, setAlt] = useState("");
  const save = async (): Promise<void> => {
    const faults = { ...(!file && { file: words.picture.noFile }), ...(!alt.trim() && { alt: words.picture.noAlt }) };
    if (!file || Object.keys(faults).length > 0) throw new Refused(422, "invalid", "", null, faults);
    const kept = await send(desk, language, article.id, file);
    if (kept.kind !== "image") throw new Refused(422, "invalid", "", null, { file: words.picture.noPicture });
    onDone(kept.id, alt);
  };
  return (
    <Dialog title={words.tools.picture} onClose={onClose}>
      <Form save={save} onCancel={onClose} label={words.picture.insert} testId="kn-picture" fields={["alt"]}>
        <label class="field"><span>{words.picture.file}</span><input type="file" accept="image/png,image/jpeg,image/webp,image/gif" data-testid="kn-file" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} /></label>
        <Text name="alt" label={words.picture.alt} help={words.picture.altHelp} value={alt} onInput={setAlt} />
      </Form>
    </Dialog>
  );
}

async function send(desk: Desk, language: string, article: string, file: File): Promise<ArticleFile> {
  const form = new FormData();
  form.append("file", file);
  let response: Response;
  let content: { detail?: string; code?: string };
  try {
    response = await fetch(`/api/v1/articles/${article}/files`, {
      method: "POST", body: form, credentials: "same-origin", headers: { Accept: "application/json", "Accept-Language": language, "X-CSRF-Token": desk.api.csrf ?? "" },
    });
    content = (await response.json()) as typeof content;
  } catch {
    throw new Unreachable();
  }
  if (!response.ok) throw new Refused(response.status, content.code ?? "", content.detail ?? "");
  return content as unknown as ArticleFile;
}
