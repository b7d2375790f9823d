/**
 * `gyre test promql FILE...` runs PromQL script tests, `gyre test rules FILE...` unit tests of rule
 * files in promtool's format, both against the engine in this process. Failures name file and line;
 * the last line counts, in the form every CI understands.
 */
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { runScript } from "#promql/script/run-script.ts";
import { parseRuleFile } from "#rules/parse-rule-file.ts";
import { parseRuleTestFile } from "#rules/rule-test/parse-rule-test-file.ts";
import { runRuleTest } from "#rules/rule-test/run-rule-test.ts";
import { EXIT_FAILED, EXIT_OK, type CliDeps } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { parseFlags } from "../parse-flags.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [];
const KINDS: ReadonlyMap<string, (file: string, deps: CliDeps) => Promise<Counts>> = new Map([
  ["promql", testScript],
  ["rules", testRules],
]);

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export const TEST: Command = {
  name: "test",
  summary: "run test files: PromQL scripts, or unit tests of rule files",
  usage: "promql|rules FILE...",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const { words } = parseFlags(args, FLAGS);
    const [kind = "", ...files] = words;
    const run = KINDS.get(kind);
    if (run === undefined) {
      const kinds = [...KINDS.keys()].join(", ");
      throw new UsageError(`got ${kind || "nothing"}, want a kind of tests: ${kinds}`);
    }
    if (files.length === 0) throw new UsageError("got no files, want at least one");
    let passed = 0;
    let failed = 0;
    for (const file of files) {
      const counts = await run(file, deps);
      deps.print(`${file}: ${counts.passed} passed, ${counts.failed} failed`);
      passed += counts.passed;
      failed += counts.failed;
    }
    deps.print(`${passed} passed, ${failed} failed`);
    return failed === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

async function testScript(file: string, deps: CliDeps): Promise<Counts> {
  const result = await runScript(readTestFile(file, deps), file, { clock: deps.clock });
  for (const { line, message } of result.failures) deps.print(`${file}:${line}: ${message}`);
  return result;
}

async function testRules(file: string, deps: CliDeps): Promise<Counts> {
  const tests = parseRuleTestFile(file, readTestFile(file, deps));
  const groups = tests.ruleFiles
    .flatMap((pattern) => deps.findFiles(file, pattern))
    .flatMap((rules) => parseRuleFile(rules, readTestFile(rules, deps), ALL_PARSE_FEATURES));
  const { passed, failures } = await runRuleTest(tests, groups, deps.clock);
  for (const { place, message } of failures) deps.print(`${place}: ${message}`);
  return { passed, failed: failures.length };
}

function readTestFile(file: string, deps: CliDeps): string {
  try {
    return deps.readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read test file ${file}: ${why}`, { cause });
  }
}
