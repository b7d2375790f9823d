import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { neededParts } from "#test/support/needed-parts.ts";
import { findPart, requirePart } from "#test/support/system-parts.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-parts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function addProgram(...path: string[]): string {
  const program = join(folder, ...path);
  mkdirSync(join(program, ".."), { recursive: true });
  writeFileSync(program, "");
  chmodSync(program, 0o755);
  return program;
}

test("the PATH comes before unpacked packages, under any known name", () => {
  const unpacked = addProgram("prometheus-node-exporter", "usr", "bin", "prometheus-node-exporter");
  const environment = { PATH: join(folder, "bin"), GYRE_TEST_PARTS: folder };
  expect(findPart("node-exporter", environment)).toBe(unpacked);
  const onPath = addProgram("bin", "node_exporter");
  expect(findPart("node-exporter", environment)).toBe(onPath);
});

test("a missing part is one line that says how to get it", () => {
  const environment = { PATH: folder, GYRE_TEST_PARTS: folder };
  expect(() => requirePart("vmagent", environment)).toThrow(
    /^cannot find vmagent: .*GYRE_TEST_VMAGENT.*package victoria-metrics$/,
  );
});

test("needed parts are those named by the tests and by what they import", () => {
  mkdirSync(join(folder, "test", "system"), { recursive: true });
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, "test", "system", name), text);
  write("a.test.ts", 'import { b } from "./b.ts"; requirePart("prometheus"); b();');
  write("b.ts", 'export const b = () => requirePart("etcd");');
  expect(neededParts(folder, ["test/system/a.test.ts"])).toEqual(["etcd", "prometheus"]);
});

test("a part that does not exist is refused by name", () => {
  mkdirSync(join(folder, "test"), { recursive: true });
  writeFileSync(join(folder, "test", "a.test.ts"), 'requirePart("influxdb");');
  expect(() => neededParts(folder, ["test/a.test.ts"])).toThrow('cannot place part "influxdb"');
});
