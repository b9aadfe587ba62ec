/** Views that few visitors open, in a script of their own: the widget loads it when one of them is wanted (view/later.ts). */
import { MORE_WORDS as words } from "./i18n/more";
import styles from "./styles/more.css?inline";
import { ByMail } from "./view/by-mail";
import { Elsewhere } from "./view/elsewhere";
import { History } from "./view/history";
import { Leave } from "./view/leave";
import { RatingCard } from "./view/rating";
import { shared } from "./view/shared";

export { ByMail, Elsewhere, History, Leave, RatingCard, shared, styles, words };

window.__relaisMore = { ByMail, Elsewhere, History, Leave, RatingCard, shared, styles, words };
