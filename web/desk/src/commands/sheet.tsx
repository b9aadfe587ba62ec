// The sheet of shortcuts: every command of the list that has a key and that the agent's role permits.

import { allCommands, permitted, shortcutsOf, type Command, type CommandGroup } from "../ui/commands";
import { Dialog } from "../ui/dialogs";
import { useDesk, useLanguage, usePreferences, useSelect, useText } from "../ui/hooks";
import type { Agent } from "../types";
import { Keycaps } from "./keycaps";

const ORDER: readonly CommandGroup[] = ["conversation", "write", "move", "tabs", "pages", "desk"];

/** What the sheet shows, by heading. */
export function onSheet(agent: Agent | null): { group: CommandGroup; commands: Command[] }[] {
  const keyed = allCommands().filter((command) => shortcutsOf(command).length > 0 && permitted(command, agent));
  return ORDER.map((group) => ({ group, commands: keyed.filter((command) => command.group === group) }))
    .filter(({ commands }) => commands.length > 0);
}

export function ShortcutsSheet({ onClose }: { onClose(): void }) {
  const desk = useDesk();
  const { working: { sheet } } = useText();
  const language = useLanguage();
  const agent = useSelect((state) => state.agent);
  const { letterKeys } = usePreferences();
  return (
    <Dialog title={sheet.title} onClose={onClose} wide>
      <p class="sheet-palette">{sheet.palette} <Keycaps shortcuts={["Mod+K"]} /></p>
      <div class="sheet" data-testid="sheet">
        {onSheet(agent).map(({ group, commands }) => (
          <section key={group} class="sheet-group">
            <h3>{sheet.groups[group]}</h3>
            <dl class="shortcuts">
              {commands.map((command) => (
                <div key={command.id} data-command={command.id}>
                  <dt>{command.words[language]}</dt>
                  <dd><Keycaps shortcuts={shortcutsOf(command)} /></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="sheet-letters">
        <input
          type="checkbox" role="switch" checked={letterKeys} data-testid="letter-keys"
          onChange={(event) => desk.keep.prefer({ letterKeys: event.currentTarget.checked })}
        />
        <span>{letterKeys ? sheet.letters : sheet.lettersOff}</span>
      </label>
    </Dialog>
  );
}
