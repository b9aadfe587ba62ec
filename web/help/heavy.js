// Files that are too large are told as they are chosen, and not sent: of such a form a server hears no more than it can
// bear, and then the browser shows neither its answer nor what was written.
"use strict";

{
  const { largest, words } = document.currentScript.dataset;
  for (const input of document.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      const heavy = [...input.files].find((file) => file.size > Number(largest));
      const said = heavy ? words.replace("{size}", Math.floor(largest / 1024 / 1024)).replace("{name}", () => heavy.name) : "";
      input.setCustomValidity(said);
      if (said) input.reportValidity();
    });
  }
}
