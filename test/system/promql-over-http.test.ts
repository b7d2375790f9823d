/**
 * The project's own scripts against a real node: remote write, log, head, fan-out, JSON. What the
 * node cannot be asked is counted, so that no script falls silent.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeCliDeps } from "#cli/node-cli-deps.ts";
import { HttpTarget } from "#cli/script/http-target.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { runScript, type ScriptSkip } from "#promql/script/run-script.ts";
import { SCRIPT_SETTINGS } from "#promql/script/script-settings.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const FOLDER = new URL("../golden/promql/scripts/", import.meta.url).pathname;
const FEATURES = [
  ...["promql-experimental-functions", "promql-extended-range-selectors"],
  ...["promql-binop-fill-modifiers", "promql-delayed-name-removal"],
];
const ARGS = [
  ...["--http.adminApi", "on", "--selfScrape.interval", "0s"],
  ...["--query.samplesMax", String(SCRIPT_SETTINGS.limits.samplesMax)],
  ...["--features", FEATURES.join(",")],
];
/** Of the evaluations, so many read start timestamps or expect reset hints, which no answer shows. */
const SKIPPED_SHARE_MAX = 0.08;

/** Which of equal rows stay, and what is said of a mix, follows from a node's order of series. */
const BY_ORDER = ["topk(3, tie): ", "sum(mix): "];

test("scripts pass over HTTP, each clear in a tenant of its own", async () => {
  using folder = new ScratchFolder();
  const node = await GyreProcess.start({ data: folder.path, args: ARGS });
  await using _end = { [Symbol.asyncDispose]: async () => void (await node.end("SIGTERM")) };
  const { post } = nodeCliDeps("0", () => Promise.resolve(0), plainPageTools);
  let [passed, skipped] = [0, 0];
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(join(FOLDER, file), "utf8");
    const target = new HttpTarget(node.url, post);
    const result = await runScript(text, file, { clock: new NodeClock(), target });
    const isByOrder = (message: string): boolean => BY_ORDER.some((one) => message.startsWith(one));
    expect(result.failures.filter(({ message }) => !isByOrder(message))).toEqual([]);
    const isKnown = ({ reason }: ScriptSkip): boolean =>
      /start timestamps|reset hints/.test(reason);
    expect(result.skipped.filter((one) => !isKnown(one))).toEqual([]);
    passed += result.passed;
    skipped += result.skipped.length;
  }
  expect(passed).toBeGreaterThan(100);
  expect(skipped / (passed + skipped)).toBeLessThan(SKIPPED_SHARE_MAX);
}, 120_000);
