/**
 * `gyre test promql FILE...`: runs PromQL script tests against the engine in this process. Failures
 * name file and line; the last line counts, in the form every CI understands.
 */
import { runScript } from "#promql/script/run-script.ts";
import { EXIT_FAILED, EXIT_OK, type CliDeps } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { parseFlags } from "../parse-flags.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [];
const KINDS = ["promql"];

export const TEST: Command = {
  name: "test",
  summary: "run test files: promql FILE...",
  usage: "promql FILE...",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const { words } = parseFlags(args, FLAGS);
    const [kind, ...files] = words;
    if (kind === undefined || !KINDS.includes(kind)) {
      throw new UsageError(`got ${kind ?? "nothing"}, want a kind of tests: ${KINDS.join(", ")}`);
    }
    if (files.length === 0) throw new UsageError("got no files, want at least one");
    return testPromql(files, deps);
  },
};

async function testPromql(files: readonly string[], deps: CliDeps): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const text = readScript(file, deps);
    const result = await runScript(text, file, { clock: deps.clock });
    passed += result.passed;
    failed += result.failed;
    for (const { line, message } of result.failures) deps.print(`${file}:${line}: ${message}`);
    deps.print(`${file}: ${result.passed} passed, ${result.failed} failed`);
  }
  deps.print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? EXIT_OK : EXIT_FAILED;
}

function readScript(file: string, deps: CliDeps): string {
  try {
    return deps.readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read test file ${file}: ${why}`, { cause });
  }
}
