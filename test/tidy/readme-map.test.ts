import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LAYERS } from "./layers.ts";
import { withMap } from "./readme-map.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

test("the map in README.md is that of layers.ts (else: npm run map)", () => {
  expect(readme).toBe(withMap(readme));
});

test("the map names every folder of every layer", () => {
  for (const folder of LAYERS.flatMap((layer) => layer.folders)) {
    expect(readme).toContain(folder.replace(/^(src|cluster)\//, ""));
  }
});

test("a README without markers is refused, not overwritten", () => {
  expect(() => withMap("# Gyre")).toThrow("cannot place the map");
});
