// The supervisor's board, in a part of its own that is loaded when it is opened.

import "./board.css";

export { Board } from "./board";
