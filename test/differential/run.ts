/**
 * `npm run test:differential`: generated queries on generated data, Gyre's answers against those of
 * Prometheus 2.42 (the Debian package) and of a Prometheus 3.14 named by `GYRE_TEST_PROMETHEUS_3`,
 * where there is one. Fails on any difference that no named rule covers.
 */
import { setPriority } from "node:os";
import { REFERENCES, REFERENCE_3_VARIABLE } from "./references/reference-kinds.ts";
import { findPlanted } from "./planted/find-planted.ts";
import { replayQuery } from "./replay-query.ts";
import { parseRunOptions, USAGE } from "./run-options.ts";
import type { RunOptions } from "./run-options.ts";
import { runReference } from "./run-reference.ts";
import { shrinkQuery } from "./shrink/shrink-query.ts";

/** The machine has other things to do. */
const NICENESS = 10;

const say = (line: string): void => console.log(line);

function readOptions(): RunOptions {
  try {
    return parseRunOptions(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(USAGE);
    process.exit(2);
  }
}

async function main(options: RunOptions): Promise<string[]> {
  const problems: string[] = [];
  let asked = 0;
  for (const name of options.references) {
    const kind = REFERENCES[name];
    if (kind.find() === null) {
      say(
        `NOT RUN: Prometheus ${name} is absent${name === "3.14" ? `: ${REFERENCE_3_VARIABLE} names none` : ""}`,
      );
      continue;
    }
    asked++;
    if (options.mode === "planted") problems.push(...(await findPlanted(options, kind, say)));
    else if (options.mode === "replay") await replayQuery(options, kind, say);
    else if (options.mode === "shrink") await shrinkQuery(options, kind, say);
    else problems.push(...(await runReference(options, kind, say)));
  }
  return asked === 0 ? ["no reference to ask"] : problems;
}

setPriority(NICENESS);
const options = readOptions();
say(`seed ${options.seed}`);
const problems = await main(options);
for (const problem of problems) say(`cannot pass: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
