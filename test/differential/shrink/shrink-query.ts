/** Takes one failing query of a run, makes it small, and keeps it as a script for the golden tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { PLAIN } from "../judge.ts";
import type { Variant } from "../judge.ts";
import { PLANTED_BUGS } from "../planted/planted-bugs.ts";
import type { ReferenceKind } from "../references/reference-kinds.ts";
import { Round } from "../round.ts";
import type { RunOptions } from "../run-options.ts";
import type { Say } from "../run-reference.ts";
import { Trial } from "./failing-case.ts";
import { scriptText } from "./script-text.ts";
import { shrinkCase } from "./shrink-case.ts";

const REGRESSIONS = new URL("../../golden/promql/regressions/", import.meta.url);

export async function shrinkQuery(
  { seed, address, bug }: RunOptions,
  kind: ReferenceKind,
  say: Say,
): Promise<void> {
  const { profile, dataIndex, queryIndex } = address!;
  if (!kind.profiles.includes(profile)) return;
  const plan = { seed, profile, dataIndex, firstQuery: queryIndex, queryCount: 1 };
  await using round = await Round.open(plan, kind);
  const variant = variantOf(bug);
  await using trial = new Trial(round.data, round.kind, variant);
  const start = { series: round.data.series, query: round.query(queryIndex) };
  if (!(await trial.fails(start))) {
    say(`${kind.name}: the answers agree, or a rule excuses them`);
    return;
  }
  const small = await shrinkCase(start, trial);
  const want = (await trial.want({ ...small, series: [...small.series] }))!;
  const where = `${profile}/${dataIndex}/${queryIndex}`;
  const origin = `Found by a differential run against Prometheus ${kind.name}: seed ${seed}, ${where}`;
  const text = scriptText(small, want, origin);
  say(text);
  // A planted bug is gone with this process; there is nothing to keep.
  if (bug !== null) return;
  const name = `${kind.name}-${seed}-${profile}-${dataIndex}-${queryIndex}.test`;
  mkdirSync(REGRESSIONS, { recursive: true });
  writeFileSync(new URL(name, REGRESSIONS), text);
  say(`written to test/golden/promql/regressions/${name}`);
}

function variantOf(bug: string | null): Variant {
  if (bug === null) return PLAIN;
  const planted = PLANTED_BUGS.find(({ name }) => name === bug);
  if (planted === undefined) throw new Error(`cannot plant "${bug}": no such bug`);
  return { name: bug, patches: [planted.patch] };
}
