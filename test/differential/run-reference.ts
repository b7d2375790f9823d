/**
 * Runs many queries against one reference and says what came of it: differences in full, then counts
 * and shares. Each data set gets a server of its own, one after the other.
 */
import { GyreNode } from "./references/gyre-node.ts";
import type { ReferenceKind } from "./references/reference-kinds.ts";
import { Round } from "./round.ts";
import type { Outcome, RoundPlan } from "./round.ts";
import type { RunOptions } from "./run-options.ts";
import { Tally } from "./tally.ts";

/** Queries about one data set: a server starts in the time of some hundred. */
const QUERIES_PER_DATA = 500;
/** Small runs see every profile too. */
const DATA_SETS_MIN = 3;
/** Differences shown in full; the rest is counted. */
const SHOWN_MAX = 20;
/** Of the data sets, one in so many is asked of a real node as well. */
const NODE_EVERY = 10;

export type Say = (line: string) => void;

export function plansOf({ seed, queries }: RunOptions, kind: ReferenceKind): RoundPlan[] {
  const perData = Math.min(QUERIES_PER_DATA, Math.ceil(queries / DATA_SETS_MIN));
  const plans: RoundPlan[] = [];
  for (let left = queries; left > 0; left -= perData) {
    const dataIndex = plans.length;
    const profile = kind.profiles[dataIndex % kind.profiles.length]!;
    const queryCount = Math.min(perData, left);
    plans.push({ seed, profile, dataIndex, firstQuery: 0, queryCount });
  }
  return plans;
}

/** Returns the problems of the run; none when all is well. */
export async function runReference(
  options: RunOptions,
  kind: ReferenceKind,
  say: Say,
): Promise<string[]> {
  const tally = new Tally(kind.name);
  const nodeProblems: string[] = [];
  let nodeQueries = 0;
  let shown = 0;
  for (const plan of plansOf(options, kind)) {
    await using round = await Round.open(plan, kind);
    // The node stores no native histograms yet.
    const asksNode = plan.dataIndex % NODE_EVERY === 0 && plan.profile !== "native";
    await using node = asksNode ? await startNode(round, nodeProblems) : null;
    for await (const outcome of round.outcomes()) {
      tally.add(outcome.verdict, outcome.got, outcome.want);
      if (outcome.verdict.kind === "different" && shown++ < SHOWN_MAX) showOutcome(outcome, say);
      if (node?.mustAgree(outcome.query) !== true) continue;
      nodeQueries++;
      const problem = await node.difference(outcome.query, outcome.got);
      if (problem !== null) nodeProblems.push(`${addressOf(outcome)}: ${problem}`);
    }
  }
  for (const problem of nodeProblems.slice(0, SHOWN_MAX)) say(`node: ${problem}`);
  say(`  node over HTTP: ${nodeQueries} of the queries, ${nodeProblems.length} different`);
  for (const line of tally.lines()) say(line);
  const more = nodeProblems.length > 0 ? [`${nodeProblems.length} answers of the node differ`] : [];
  return [...tally.problems(), ...more];
}

async function startNode(round: Round, problems: string[]): Promise<GyreNode | null> {
  try {
    return await GyreNode.start(round.kind, round.data.series);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return null;
  }
}

export function addressOf({ plan, queryIndex }: Pick<Outcome, "plan" | "queryIndex">): string {
  return `${plan.profile}/${plan.dataIndex}/${queryIndex}`;
}

function showOutcome(outcome: Outcome, say: Say): void {
  const { isInstant, startMs, endMs, stepMs, text } = outcome.query;
  const when = isInstant ? `at ${startMs} ms` : `from ${startMs} to ${endMs} step ${stepMs} ms`;
  say(`${addressOf(outcome)} ${when}: ${text}`);
  say(`    ${outcome.verdict.difference?.kind}: ${outcome.verdict.difference?.text}`);
}
