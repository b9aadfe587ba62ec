// A new article: what it is called and where it stands; the rest is written in the editor.

import { useState } from "preact/hooks";
import { Form, Pick, Text } from "../admin/parts";
import { useRest } from "../admin/rest";
import type { Language } from "../types";
import { useLanguage } from "../ui/hooks";
import { go, useAround, useCategoryName, useWords } from "./parts";
import type { Article, Audience } from "./types";
import { slugOf } from "./working";

export function NewArticle() {
  const words = useWords();
  const rest = useRest();
  const own = useLanguage();
  const nameOf = useCategoryName();
  const { categories } = useAround();
  const [title, setTitle] = useState("");
  const [language, setLanguage] = useState<Language>(own);
  const [category, setCategory] = useState("");
  const [audience, setAudience] = useState<Audience>("public");
  const chosen = category || categories[0]?.key || "";
  const save = async (): Promise<void> => {
    const slug = slugOf(title);
    const article = await rest.post<Article>("/articles", { key: slug, category: chosen, language, slug, title, audience });
    go({ show: "article", of: article.id, language, doing: "edit" });
  };
  return (
    <section class="kn-narrow" aria-labelledby="kn-new">
      <h2 id="kn-new">{words.newArticle}</h2>
      <Form save={save} onCancel={() => go({ show: "shelf" })} label={words.begin} testId="kn-new-form" fields={["title", "category", "language", "audience"]}>
        <Text name="title" label={words.fields.title} value={title} onInput={setTitle} required />
        <Pick name="language" label={words.language} value={language} onChange={(to) => setLanguage(to as Language)} options={(["fr", "en"] as const).map((each) => ({ value: each, label: words.languages[each] }))} />
        <Pick name="category" label={words.category} value={chosen} onChange={setCategory} options={categories.map((each) => ({ value: each.key, label: nameOf(each.key) }))} />
        <Pick name="audience" label={words.audience} value={audience} onChange={(to) => setAudience(to as Audience)} options={(["public", "agents"] as const).map((each) => ({ value: each, label: words.audiences[each] }))} />
      </Form>
    </section>
  );
}
