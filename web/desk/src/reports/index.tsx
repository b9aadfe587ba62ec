// Reports, in a part of their own that is loaded when they are opened.

import "./reports.css";

export { ReportsPage } from "./page";
