/** Views that few visitors open, in a script of their own: the widget loads it when one of them is wanted (view/later.ts). */
import { MORE_WORDS as words } from "./i18n/more";
import styles from "./styles/more.css?inline";
import { Below } from "./view/below";
import { ByMail } from "./view/by-mail";
import { Elsewhere } from "./view/elsewhere";
import { History } from "./view/history";
import { Leave } from "./view/leave";
import { shared } from "./view/shared";

export { Below, ByMail, Elsewhere, History, Leave, shared, styles, words };

window.__relaisMore = { Below, ByMail, Elsewhere, History, Leave, shared, styles, words };
