/**
 * The launcher is transparent: arguments, environment, output, exit code and signals are those of
 * `cluster/main.ts`, whether the launcher replaces itself or stays as a parent (older Node.js).
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = new URL("../../..", import.meta.url).pathname;
const LOCK = '{ "packages": {} }';
let folder = "";

const MAIN = `
const [verb, ...rest] = process.argv.slice(2);
if (verb === "serve") {
  process.on("SIGTERM", () => { console.log("draining"); process.exit(7); });
  process.on("SIGINT", () => { console.log("interrupted"); process.exit(8); });
  setInterval(() => {}, 1000);
  console.log("ready");
} else {
  const uring = process.env["UV_USE_IO_URING"];
  console.log(JSON.stringify({ verb, rest, major: parseInt(process.versions.node), uring }));
  process.exitCode = 3;
}
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-launch-"));
  for (const name of ["launch.mjs", "setup.mjs"]) {
    cpSync(join(root, "src/cli", name), join(folder, "src/cli", name));
  }
  for (const name of ["cluster", "node_modules"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "package-lock.json"), LOCK);
  writeFileSync(join(folder, "cluster/main.ts"), MAIN);
  const digest = createHash("sha256").update(LOCK).digest("hex");
  const stamp = `${process.platform}-${process.arch} ${digest}\n`;
  writeFileSync(join(folder, "node_modules/.gyre-setup"), stamp);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.for([
  ["in place", []],
  ["as a parent", ["--import", "data:text/javascript,delete process.execve"]],
] as const)("launched %s", ([, flags]) => {
  const command = (...args: string[]): string[] => [
    ...flags,
    join(folder, "src/cli/launch.mjs"),
    ...args,
  ];

  test("arguments, environment and exit code pass through", () => {
    const args = command("check", "--config", "a b.yml");
    const result = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(JSON.parse(result.stdout)).toEqual({
      verb: "check",
      rest: ["--config", "a b.yml"],
      major: 26,
      uring: "0",
    });
    expect(result.stderr).toBe("");
    expect(result.status).toBe(3);
  });

  test.for([
    ["SIGTERM", "draining", 7],
    ["SIGINT", "interrupted", 8],
  ] as const)("%s reaches the server", async ([signal, word, code]) => {
    const child = spawn(process.execPath, command("serve"), { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output === "ready\n") child.kill(signal);
    });
    const [exitCode] = (await once(child, "close")) as [number | null];
    expect(output).toBe(`ready\n${word}\n`);
    expect(exitCode).toBe(code);
  });

  test("a server that is killed takes the launcher with it, by the same signal", async () => {
    const child = spawn(process.execPath, command("serve"), { stdio: ["ignore", "pipe", "pipe"] });
    await once(child.stdout, "data");
    // In place: the child is the server. As a parent: it waits for SIGHUP, which nobody handles.
    child.kill("SIGHUP");
    const [exitCode, signal] = (await once(child, "close")) as [number | null, string | null];
    expect({ exitCode, signal }).toEqual({ exitCode: null, signal: "SIGHUP" });
  });
});
