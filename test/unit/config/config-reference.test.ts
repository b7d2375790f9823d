import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configReference } from "#config/config-reference.ts";
import { CONFIG_ENTRIES } from "#config/config-schema.ts";

const MACHINE = { memoryBytes: 16 * 1024 ** 3, cores: 8 };

test("the reference page is up to date (gyre check --reference > src/config/REFERENCE.md)", () => {
  const url = new URL("../../../src/config/REFERENCE.md", import.meta.url);
  expect(readFileSync(url, "utf8")).toBe(configReference());
});

test("paths and variables are unique and every default shows in words", () => {
  expect(new Set(CONFIG_ENTRIES.map((entry) => entry.path)).size).toBe(CONFIG_ENTRIES.length);
  expect(new Set(CONFIG_ENTRIES.map((entry) => entry.variable)).size).toBe(CONFIG_ENTRIES.length);
  for (const entry of CONFIG_ENTRIES) expect(entry.option.description).toMatch(/^[A-Z].*\.$/);
});

test.each(CONFIG_ENTRIES.map((entry) => [entry.path, entry.option] as const))(
  "the default of %s is legal when written out",
  (_path, option) => {
    // Defaults in words ("one per core") cannot be written; all others can.
    if (/ /.test(option.defaultText) || option.isList) return;
    expect(option.parse(option.defaultText, MACHINE)).toEqual(option.fallback(MACHINE));
  },
);
