/**
 * Every expression of the upstream script tests parses with all features on and survives printing.
 * The scripts are not part of this project: `GYRE_PROMQLTEST` says where they are.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const FOLDER = resolve(ROOT, process.env["GYRE_PROMQLTEST"] ?? "../shared/conformance/promqltest");
const PRESENT = existsSync(FOLDER);

const INSTANT = /^eval(?:_(?:fail|warn|ordered|info))?\s+instant\s+(?:at\s+(?:.+?))?\s+(.+)$/;
const RANGE = /^eval(?:_(?:fail|warn|info))?\s+range\s+from\s+.+\s+to\s+.+\s+step\s+.+?\s+(.+)$/;

function expressionsOf(file: string): string[] {
  const lines = readFileSync(resolve(FOLDER, file), "utf8").split("\n");
  return lines
    .map((line) => line.trim())
    .map((line) => (INSTANT.exec(line) ?? RANGE.exec(line))?.[1])
    .filter((text) => text !== undefined);
}

if (!PRESENT && process.env["CI"] === "true") {
  test("script tests", () => {
    expect.fail(`no script tests at ${FOLDER}: set GYRE_PROMQLTEST`);
  });
} else {
  test.skipIf(!PRESENT)(`expressions of ${FOLDER}`, () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith(".test"));
    const expressions = files.flatMap(expressionsOf);
    expect(expressions.length).toBeGreaterThan(2000);
    for (const text of expressions) {
      const printed = printPromql(parsePromql(text, ALL_PARSE_FEATURES));
      expect(printPromql(parsePromql(printed, ALL_PARSE_FEATURES))).toBe(printed);
    }
  });
}
