// The pages that few open, in a part of their own: administration, one's own account, invitations and forgotten passwords.

import "./admin.css";

export { OwnAccount } from "./account";
export { Administration } from "./administration";
export { ChoosePassword, Forgotten } from "./doors";
export { Enrol } from "./enrol";
export { pushAgain } from "./pushing";
