// Knowledge, in a part of its own that is loaded when it is opened.

import "../admin/admin.css";
import "./knowledge.css";

export { KnowledgePage } from "./page";
