/**
 * Gets what the system tests need, as far as this machine allows, and prints one line of JSON:
 * `{"tests": files, "missing": [part, ...]}`. Progress goes to stderr. Run by `run-tests.mjs` and CI.
 */
import { readdirSync } from "node:fs";
import { canGetPackages, getPackages } from "./debian-packages.ts";
import { isEtcdAvailable } from "./etcd.ts";
import { neededParts } from "./needed-parts.ts";
import { SYSTEM_PARTS, findPart, partsFolder } from "./system-parts.ts";
import type { PartName } from "./system-parts.ts";

const root = new URL("../..", import.meta.url).pathname;

function systemTests(): string[] {
  return readdirSync(`${root}/test/system`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/system/${name}`)
    .sort();
}

function missingOf(parts: readonly PartName[]): PartName[] {
  return parts.filter((name) => {
    if (name === "etcd" && isEtcdAvailable()) return false;
    return findPart(name) === null;
  });
}

function packagesOf(parts: readonly PartName[], isUnpacked: boolean): string[] {
  const names = parts
    .filter((name) => SYSTEM_PARTS[name].isUnpacked === isUnpacked)
    .map((name) => SYSTEM_PARTS[name].debianPackage);
  return [...new Set(names)];
}

function prepare(): { tests: string[]; missing: string[] } {
  const tests = systemTests();
  const needed = neededParts(root, tests);
  const missing = missingOf(needed);
  if (missing.length === 0 || !canGetPackages()) return { tests, missing };
  const report = (line: string): void => void process.stderr.write(`system tests: ${line}\n`);
  try {
    const wanted = { unpacked: packagesOf(missing, true), installed: packagesOf(missing, false) };
    getPackages(wanted, partsFolder(), report);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
  }
  return { tests, missing: missingOf(needed) };
}

process.stdout.write(`${JSON.stringify(prepare())}\n`);
