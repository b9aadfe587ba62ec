// Asks for what the desk shows first while the desk itself is still on its way: who is signed in, the list of the view in the
// address, the conversation that is open there. A script of its own, so small that it comes before the rest; it imports nothing.

export type Early = Record<string, { answer: Promise<Response>; at: number }>;

const BASE = "/desk/api";
const VIEWS = ["waiting", "mine", "assistant", "closed", "team", "longest", "risk", "snoozed", "mentioned"];
const [first = "", id] = location.hash.replace(/^#\/?/, "").replace(/\?.*/, "").split("/");
const view = VIEWS.includes(first) ? first : first === "" ? "waiting" : null;
const early: Early = {};
const ask = (path: string): void => {
  const answer = fetch(BASE + path, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
  // Whoever takes it hears of the failure; nobody may.
  answer.catch(() => {});
  early[BASE + path] = { answer, at: Date.now() };
};

/** Whether anybody worked at a desk in this browser: nobody else has a list to wait for. */
function known(): boolean {
  try {
    return localStorage.getItem("relais.desk.preferences") !== null;
  } catch {
    return false;
  }
}

ask("/session");
const shown = known() ? view : null;
if (shown) ask(`/conversations?view=${shown}&limit=50`);
if (shown && id) ask(`/conversations/${id}`);
(window as { relaisEarly?: Early }).relaisEarly = early;
