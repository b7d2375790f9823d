/**
 * `gyre test promql FILE...` runs PromQL script tests, against the engine in this process or, with
 * `--url`, against a node; `gyre test rules FILE...` runs unit tests of rule files in promtool's
 * format. Failures name file and line, so does what a node could not be asked; the last line counts,
 * in the form every CI understands.
 */
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { runScript } from "#promql/script/run-script.ts";
import { parseRuleFile } from "#rules/parse-rule-file.ts";
import { parseRuleTestFile } from "#rules/rule-test/parse-rule-test-file.ts";
import { runRuleTest } from "#rules/rule-test/run-rule-test.ts";
import { EXIT_FAILED, EXIT_OK, type CliDeps } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { HttpTarget } from "../script/http-target.ts";
import { parseFlags } from "../parse-flags.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [
  { name: "url", value: "url", description: "a node to run PromQL scripts against" },
];

interface TestContext {
  readonly deps: CliDeps;
  /** Null: the engine in this process. */
  readonly url: string | null;
}

type RunFile = (file: string, context: TestContext) => Promise<Counts>;

const KINDS: ReadonlyMap<string, RunFile> = new Map([
  ["promql", testScript],
  ["rules", testRules],
]);

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const TEST: Command = {
  name: "test",
  summary: "run test files: PromQL scripts, or unit tests of rule files",
  usage: "promql|rules FILE... [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const { words, values } = parseFlags(args, FLAGS);
    const context = { deps, url: values.get("url") ?? null };
    const [kind = "", ...files] = words;
    const run = KINDS.get(kind);
    if (run === undefined) {
      const kinds = [...KINDS.keys()].join(", ");
      throw new UsageError(`got ${kind || "nothing"}, want a kind of tests: ${kinds}`);
    }
    if (files.length === 0) throw new UsageError("got no files, want at least one");
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const file of files) {
      const counts = await run(file, context);
      deps.print(`${file}: ${countsText(counts)}`);
      passed += counts.passed;
      failed += counts.failed;
      skipped += counts.skipped;
    }
    deps.print(countsText({ passed, failed, skipped }));
    return failed === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

function countsText({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} not asked` : ""}`;
}

async function testScript(file: string, { deps, url }: TestContext): Promise<Counts> {
  const target = url === null ? {} : { target: new HttpTarget(url, deps.post) };
  const options = { clock: deps.clock, ...target };
  const { passed, failed, failures, skipped } = await runScript(
    readTestFile(file, deps),
    file,
    options,
  );
  for (const { line, message } of failures) deps.print(`${file}:${line}: ${message}`);
  for (const { line, kind, reason } of skipped) {
    deps.print(`${file}:${line}: not asked (${kind}): ${reason}`);
  }
  return { passed, failed, skipped: skipped.length };
}

async function testRules(file: string, { deps, url }: TestContext): Promise<Counts> {
  if (url !== null) throw new UsageError("--url: got it with rules, want it with promql");
  const tests = parseRuleTestFile(file, readTestFile(file, deps));
  const groups = tests.ruleFiles
    .flatMap((pattern) => deps.findFiles(file, pattern))
    .flatMap((rules) => parseRuleFile(rules, readTestFile(rules, deps), ALL_PARSE_FEATURES));
  const { passed, failures } = await runRuleTest(tests, groups, deps.clock);
  for (const { place, message } of failures) deps.print(`${place}: ${message}`);
  return { passed, failed: failures.length, skipped: 0 };
}

function readTestFile(file: string, deps: CliDeps): string {
  try {
    return deps.readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read test file ${file}: ${why}`, { cause });
  }
}
