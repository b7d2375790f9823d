import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GYRE_VERSION } from "#cluster/roles/version.ts";

test("the version is that of package.json", () => {
  const text = readFileSync(new URL("../../../../package.json", import.meta.url), "utf8");
  expect(GYRE_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
