/**
 * Crash states of every update protocol of the data folder, seed by seed, until there are `count` of
 * them: recovered, compared with what was promised, and crashed again inside that recovery.
 */
import { CRASH_SCENARIOS, type CrashScenario } from "../crash-states/crash-scenarios.ts";
import type { CampaignOptions, CampaignResult } from "./campaign.ts";

/** A scenario that goes wrong this often is not looked at further. */
const FAULTS_MAX = 3;
const PROGRESS_SEEDS = 20;

interface ScenarioResult {
  readonly states: number;
  readonly seeds: number;
  readonly faults: readonly string[];
}

export async function runCrashStates(
  options: CampaignOptions,
  scenarios: readonly CrashScenario[] = CRASH_SCENARIOS,
): Promise<CampaignResult> {
  const lines: string[] = [];
  const faults: string[] = [];
  let states = 0;
  for (const scenario of scenarios) {
    const result = await runScenario(scenario, options);
    lines.push(`  ${scenario.name}: ${result.states} states of ${result.seeds} seeds`);
    options.progress(lines.at(-1)!);
    faults.push(...result.faults);
    states += result.states;
  }
  lines.push(
    `crash-states: seed ${options.seed}, ${states} states of ${scenarios.length} protocols, ` +
      `${faults.length} unrecoverable`,
  );
  return { lines, faults };
}

async function runScenario(
  { name, share, run }: CrashScenario,
  { seed, count, progress }: CampaignOptions,
): Promise<ScenarioResult> {
  const wanted = share * count;
  const faults: string[] = [];
  let states = 0;
  let seeds = 0;
  while (states < wanted && faults.length < FAULTS_MAX) {
    const one = seed + seeds++;
    try {
      states += await run(one);
    } catch (error) {
      faults.push(`${name}, seed ${one}: ${error instanceof Error ? error.message : error}`);
      progress(faults.at(-1)!);
    }
    if (seeds % PROGRESS_SEEDS === 0) progress(`  ${name}: ${states} of ${wanted}`);
  }
  return { states, seeds, faults };
}
