// Customers, in a part of their own that is loaded when they are opened.

import "../admin/admin.css";
import "./customers.css";

export { CustomersPage } from "./page";
