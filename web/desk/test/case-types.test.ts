// Types of cases as they are set up.

import { expect, test } from "vitest";
import { keyFor } from "../src/admin/case-types";

test("programs know a new type by its name, unlike all others", () => {
  expect(keyFor("Suspected fraud", ["fraud"])).toBe("suspected_fraud");
  expect(keyFor("Été 2026 !", ["ete_2026", "ete_2026_2"])).toBe("ete_2026_3");
  expect(keyFor("2. 問い", [])).toBe("type");
  for (const name of ["x".repeat(200), "__", "9 lives"]) expect(keyFor(name, [])).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
});
