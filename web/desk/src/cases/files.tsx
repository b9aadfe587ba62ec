// The files of a case: opened, taken away, and put with it by choosing or dropping them anywhere on the page.

import { FileText, Image, Paperclip, X } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import { useRest } from "../admin/rest";
import { fileSize } from "../format";
import { Tray, useChoosing, useDrop, useUploads } from "../ui/attach";
import { Icon, IconButton } from "../ui/bits";
import { useDesk, useLanguage, useMay, useText } from "../ui/hooks";
import type { Shown } from "./changing";
import { Panel, useWords } from "./parts";
import type { CaseFile } from "./types";

/** Files wait under this name while they are on their way to a comment. */
export const ofComment = (id: string): string => `case.${id}.comment`;
const ofCase = (id: string): string => `case.${id}.files`;
/** What uploads need; a case is read without it. */
export const UPLOADS = "conversations.write";

export function FileList({ files, onRemove }: { files: CaseFile[]; onRemove?: ((file: CaseFile) => void) | undefined }) {
  const words = useWords();
  const language = useLanguage();
  const t = useText();
  return (
    <ul class="cases-files">
      {files.map((each) => (
        <li key={each.id} class="cases-link" data-testid="case-file">
          <Icon of={each.media_type.startsWith("image/") ? Image : FileText} size={14} />
          {each.path ? <a href={each.path} target="_blank" rel="noopener" dir="auto">{each.name}</a> : <span dir="auto">{each.name}</span>}
          <span class="quiet">{each.path ? fileSize(each.size, language) : t.files.gone}</span>
          {onRemove && <IconButton icon={X} label={words.remove(each.name)} onClick={() => onRemove(each)} />}
        </li>
      ))}
    </ul>
  );
}

export function FilesPanel({ whole, writes, reload, trouble }: Shown) {
  const words = useWords();
  const rest = useRest();
  const uploads = useMay(UPLOADS);
  const { id } = whole.case;
  const adds = writes && uploads;
  const { choose, input } = useChoosing(ofCase(id), "case-file-input");
  const dropping = useDrop(ofCase(id), adds ? "[data-testid=page-case]" : "", "[data-testid=talk-form][data-mode=comment]");
  useKept(id, reload, trouble);
  const kept = whole.files.filter(({ comment_id }) => comment_id === null);
  const remove = ({ id: file }: CaseFile): void => void rest.remove(`/cases/${id}/files/${file}`).then(reload, trouble);
  return (
    <Panel
      title={words.linkKinds.files} testId="case-files"
      action={adds && <button type="button" class="link" data-testid="case-attach" onClick={choose}><Icon of={Paperclip} size={14} />{words.attach}</button>}
    >
      {adds && input}
      {dropping && <p class="drop cases-drop" aria-hidden="true">{words.dropOnCase}</p>}
      <Tray id={ofCase(id)} />
      {kept.length > 0 ? <FileList files={kept} onRemove={writes ? remove : undefined} /> : <p class="quiet">{adds ? words.noFiles : words.noFilesRead}</p>}
    </Panel>
  );
}

/** Puts what has come with the case, file by file; one that the case refuses is told and gone. */
function useKept(id: string, reload: () => Promise<void>, trouble: (error: unknown) => void): void {
  const rest = useRest();
  const desk = useDesk();
  const list = useUploads(ofCase(id));
  const asked = useRef(new Set<string>());
  useEffect(() => {
    for (const { key, file } of list) {
      if (!file || asked.current.has(key)) continue;
      asked.current.add(key);
      const done = (): void => desk.uploads.remove(ofCase(id), key);
      void rest.put(`/cases/${id}/files/${file.id}`, undefined).then(reload, trouble).then(done);
    }
  }, [list]);
}
