/**
 * The committed code under `proto/gen` is what the pinned generator makes of the .proto files.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../..", import.meta.url).pathname;
const tools = join(root, "node_modules", ".bin");
let folder = "";

function buf(...args: string[]): string {
  const PATH = `${tools}${delimiter}${process.env["PATH"]}`;
  const env = { ...process.env, PATH };
  const result = spawnSync("buf", args, { cwd: join(root, "proto"), env, encoding: "utf8" });
  return result.status === 0
    ? ""
    : `${result.error?.message ?? ""}${result.stdout}${result.stderr}`;
}

function filesOf(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-proto-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the .proto files pass buf's rules and format", () => {
  expect(buf("lint")).toBe("");
  expect(buf("format", "--diff", "--exit-code")).toBe("");
});

test("the generated code is up to date (else: npm run generate)", () => {
  expect(buf("generate", "-o", folder)).toBe("");
  const committed = join(root, "proto", "gen");
  const fresh = join(folder, "gen");
  expect(filesOf(committed)).toEqual(filesOf(fresh));
  expect(filesOf(fresh).length).toBeGreaterThan(0);
  for (const name of filesOf(fresh)) {
    expect(readFileSync(join(committed, name), "utf8"), name).toBe(
      readFileSync(join(fresh, name), "utf8"),
    );
  }
});
