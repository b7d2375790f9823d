/** Every benchmark runs at its smoke size and prints a table of finite figures. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const RUN = new URL("./run.mjs", import.meta.url).pathname;
const run = promisify(execFile);
/** A few seconds on a quiet machine; whole servers start here, so a busy one takes its time. */
const TIMEOUT_MS = 120_000;

/** The figures of the first row under each table head. */
function figuresOf(stdout: string): number[] {
  const rows = stdout.split("\n").filter((line) => /^\| [a-z0-9]/.test(line));
  return rows.flatMap((row) => row.match(/\d+(\.\d+)?/g) ?? []).map(Number);
}

const NAMES = [
  "ingest",
  "load",
  "placement",
  "disk",
  "restart",
  "handoff",
  "head",
  "chunk",
  "query",
];

test.each([...NAMES, "queries"])(
  "%s runs at its smoke size",
  async (name) => {
    const { stdout } = await run(process.execPath, [RUN, name, "--smoke"]);
    const figures = figuresOf(stdout);
    expect(figures.length).toBeGreaterThan(5);
    expect(figures.every(Number.isFinite)).toBe(true);
    expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
  },
  TIMEOUT_MS,
);

test("an unknown name is refused with the known ones", async () => {
  await expect(run(process.execPath, [RUN, "speed"])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "want one of ingest, load, placement, disk, restart, handoff, head, chunk, query, queries",
    ) as string,
  });
});
