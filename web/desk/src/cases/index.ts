// Cases, in a part of their own that is loaded when they are opened.

import "./cases.css";

export { CasesPage } from "./page";
