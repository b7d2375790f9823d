/**
 * Plants bugs in the engine, one at a time, and asks until an answer is wrong beyond what the rules
 * excuse. All bugs face the same rounds.
 */
import type { ReferenceKind } from "../references/reference-kinds.ts";
import { Round } from "../round.ts";
import type { RunOptions } from "../run-options.ts";
import { addressOf, plansOf } from "../run-reference.ts";
import type { Say } from "../run-reference.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import type { PlantedBug } from "./planted-bugs.ts";

/** Queries after which a bug counts as not found. */
const QUERIES_MAX = 6000;

/** Returns what is wrong: bugs that stay hidden. */
export async function findPlanted(
  options: RunOptions,
  kind: ReferenceKind,
  say: Say,
): Promise<string[]> {
  const bugs = PLANTED_BUGS.filter(({ only = kind.name }) => only === kind.name);
  const hidden = new Set(bugs);
  for (const plan of plansOf({ ...options, queries: QUERIES_MAX }, kind)) {
    if (hidden.size === 0) break;
    await using round = await Round.open(plan, kind);
    for (const bug of [...hidden]) if (await isFound(round, bug, say)) hidden.delete(bug);
  }
  say(`${kind.name}: ${bugs.length} bugs planted, ${bugs.length - hidden.size} found`);
  return [...hidden].map(({ name }) => `planted bug not found: ${name}`);
}

async function isFound(round: Round, bug: PlantedBug, say: Say): Promise<boolean> {
  const { plan } = round;
  for await (const outcome of round.outcomes({ name: bug.name, patches: [bug.patch] })) {
    if (outcome.verdict.kind !== "different") continue;
    const asked = plan.dataIndex * plan.queryCount + outcome.queryIndex + 1;
    say(`found "${bug.name}" at ${addressOf(outcome)}, query ${asked}: ${outcome.query.text}`);
    return true;
  }
  return false;
}
