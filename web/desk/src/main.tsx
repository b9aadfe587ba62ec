// Puts the parts together and draws the desk.

import "@shared/tokens.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/layout.css";
import "./style/list.css";
import "./style/conversation.css";
import "./style/carried.css";
import "./style/context.css";
import "./style/page.css";
import "./style/offered.css";
import "./style/inbox.css";
import "./style/sorting.css";
import "./style/notes.css";
import "./style/working.css";
import "./style/board.css";
import { render } from "preact";
import { Api } from "./api";
import { preferred } from "./i18n";
import { Live } from "./live";
import { followPushes } from "./notes/browser";
import { initial } from "./state/state";
import { Store } from "./state/store";
import { App } from "./ui/app";
import { Desk } from "./work/desk";
import { Keep } from "./work/keep";
import { parseRoute } from "./work/route";
import { chime } from "./work/sound";

const keep = new Keep();
const store = new Store(initial(keep.preferences.language ?? preferred(), parseRoute(location.hash).view));
const makeLive = (desk: Desk): Live => new Live({
  frame: (frame) => desk.hear(frame),
  connection: (state) => store.dispatch({ do: "connection", state }),
  lost: () => void desk.checkSession(),
  signedOut: () => desk.signedOut(true),
});
const desk = new Desk(new Api(), store, keep, makeLive, chime);

const place = document.getElementById("desk");
if (place) render(<App desk={desk} />, place);
followPushes();
void desk.start();
