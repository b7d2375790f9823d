/**
 * Runs fuzzed texts through the engine: what is no query must be refused with a place in the text,
 * what is one must print to a text that reads back the same, and be answered, or refused with a
 * known code, within its budget of time and without holding the thread. Time is CPU time.
 */
import { EngineError } from "#base/engine-error.ts";
import { tenantId } from "#model/refs.ts";
import { Engine } from "#promql/engine.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { printPromql } from "#promql/parse/print.ts";
import { PROMQL_EXECUTION, PROMQL_PARSE } from "#promql/promql-errors.ts";
import { PROMQL_LIMIT, PROMQL_RANGE_TYPE, PROMQL_TIMEOUT } from "#promql/query-errors.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import { nextTurn } from "#runtime/node/next-turn.ts";
import { Dice } from "#test/support/dice.ts";
import { type FuzzQuery, TextMaker, type TextSort } from "./fuzz-text.ts";
import { makeQueryFixture, type QueryFixture } from "./query-fixture.ts";

export interface QueryCampaignOptions {
  readonly seed: number;
  readonly count: number;
  /** Also hold each query to its time; a machine busy with tests would fail it by chance. */
  readonly isTimed: boolean;
  readonly progress: (line: string) => void;
  /** Ends the run with what it has. */
  readonly signal?: AbortSignal;
}

export interface QueryCampaignResult {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
  readonly parsed: number;
  readonly answered: number;
}

/** What a query may take, as its own timeout. */
export const BUDGET_MS = 100;
/** From the deadline to the end of the query: the slice under way, and a little for the machine. */
const OVERTIME_MS = 30;
/** Parsing and printing have no pauses, so they must be short whatever the text. */
const PARSE_MS_MAX = 50;
/** The longest a query may hold its thread. */
const HELD_MS_MAX = 10;
/** What looks slow is tried again: the collector, or the compiler, may have been at work. */
const TRIES = 5;
const FAULTS_MAX = 20;
const PROGRESS_QUERIES = 10_000;
/** Fewer samples than the engine's default, so that nothing fills the memory of the machine. */
const SAMPLES_MAX = 2_000_000;
const TENANT = tenantId(0);
const LOOKBACK_MS = 300_000;
const SUBQUERY_STEP_MS = 60_000;
/** Lengths that are computed are checked once their values are known: a parse error, but late. */
const REFUSALS: readonly string[] = [
  ...[PROMQL_EXECUTION.code, PROMQL_LIMIT.code, PROMQL_TIMEOUT.code],
  ...[PROMQL_PARSE.code, PROMQL_RANGE_TYPE.code],
];

interface Timing {
  readonly parseMs: number;
  readonly evalMs: number;
  /** The longest stretch between two turns of the event loop. */
  readonly heldMs: number;
}

type Outcome = "no-query" | "answered" | "timeout" | "refused";

export async function runQueryCampaign(
  options: QueryCampaignOptions,
): Promise<QueryCampaignResult> {
  return new QueryCampaign(options, await makeQueryFixture(options.seed)).run();
}

class QueryCampaign {
  readonly #options: QueryCampaignOptions;
  readonly #texts: TextMaker;
  readonly #engine: Engine;
  readonly #faults: string[] = [];
  readonly #outcomes: Map<Outcome, number> = new Map();
  readonly #sorts: Map<TextSort, number> = new Map();
  #count = 0;
  #turnMs = 0;
  #heldMs = 0;
  #heldMsMax = 0;
  #evalMsMax = 0;
  #parseMsMax = 0;

  constructor(options: QueryCampaignOptions, fixture: QueryFixture) {
    this.#options = options;
    this.#texts = new TextMaker(options.seed, fixture.data);
    this.#engine = new Engine({
      queryable: fixture.queryable,
      clock: { wallMs: () => 0, monoMs: cpuMs },
      features: QUERY_FEATURES_ALL,
      limits: { ...QUERY_LIMITS_DEFAULT, samplesMax: SAMPLES_MAX, timeoutMs: BUDGET_MS },
      lookbackMs: LOOKBACK_MS,
      defaultSubqueryStepMs: SUBQUERY_STEP_MS,
      yieldTurn: () => this.#turn(),
    });
  }

  async run(): Promise<QueryCampaignResult> {
    const { seed, count, progress, signal } = this.#options;
    for (let index = 0; index < count && this.#faults.length < FAULTS_MAX; index++) {
      if (signal?.aborted === true) break;
      const query = this.#texts.next(Dice.of(seed, index), index);
      await this.#check(query);
      this.#count++;
      if (this.#count % PROGRESS_QUERIES !== 0) continue;
      progress(`${this.#count} texts`);
      // Signals arrive when the loop turns.
      await nextTurn();
    }
    const answered = this.#outcomes.get("answered") ?? 0;
    const parsed = this.#count - (this.#outcomes.get("no-query") ?? 0);
    return { lines: this.#lines(parsed), faults: this.#faults, parsed, answered };
  }

  async #check(query: FuzzQuery): Promise<void> {
    try {
      const timing = await this.#run(query);
      if (this.#options.isTimed && isSlow(timing)) await this.#again(query, timing);
      else this.#note(timing);
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#faults.push(`${query.sort} ${JSON.stringify(query.text.slice(0, 2000))}: ${what}`);
    }
  }

  /** Slow in every try, and slow in the same way, is slow. */
  async #again(query: FuzzQuery, first: Timing): Promise<void> {
    let best = first;
    for (let tries = 1; tries < TRIES && isSlow(best); tries++) {
      const next = await this.#run(query, false);
      best = {
        parseMs: Math.min(best.parseMs, next.parseMs),
        evalMs: Math.min(best.evalMs, next.evalMs),
        heldMs: Math.min(best.heldMs, next.heldMs),
      };
    }
    this.#note(best);
    if (!isSlow(best)) return;
    const { parseMs, evalMs, heldMs } = best;
    const times = `parse ${parseMs.toFixed(1)}, eval ${evalMs.toFixed(1)}, held ${heldMs.toFixed(1)}`;
    throw new Error(`slow in ${TRIES} tries: ${times} ms`);
  }

  #note({ parseMs, evalMs, heldMs }: Timing): void {
    this.#parseMsMax = Math.max(this.#parseMsMax, parseMs);
    this.#evalMsMax = Math.max(this.#evalMsMax, evalMs);
    this.#heldMsMax = Math.max(this.#heldMsMax, heldMs);
  }

  async #run(query: FuzzQuery, counts = true): Promise<Timing> {
    const startMs = cpuMs();
    const isQuery = readsBack(query.text);
    const parsedMs = cpuMs();
    const parseMs = parsedMs - startMs;
    let outcome: Outcome = "no-query";
    this.#heldMs = 0;
    this.#turnMs = parsedMs;
    if (isQuery) outcome = await this.#evaluate(query);
    const endMs = cpuMs();
    if (counts) {
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
      this.#sorts.set(query.sort, (this.#sorts.get(query.sort) ?? 0) + (isQuery ? 1 : 0));
    }
    const heldMs = isQuery ? Math.max(this.#heldMs, endMs - this.#turnMs) : 0;
    return { parseMs, evalMs: endMs - parsedMs, heldMs };
  }

  async #evaluate({ text, isInstant, startMs, endMs, stepMs }: FuzzQuery): Promise<Outcome> {
    const { signal } = new AbortController();
    try {
      const result = isInstant
        ? await this.#engine.instant({ tenant: TENANT, text, timeMs: startMs }, signal)
        : await this.#engine.range({ tenant: TENANT, text, startMs, endMs, stepMs }, signal);
      return result.kind === "scalar" || result.kind === "string" || result.labels.length >= 0
        ? "answered"
        : "refused";
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!REFUSALS.includes(error.code)) throw error;
      return error.code === PROMQL_TIMEOUT.code ? "timeout" : "refused";
    }
  }

  async #turn(): Promise<void> {
    const now = cpuMs();
    this.#heldMs = Math.max(this.#heldMs, now - this.#turnMs);
    await Promise.resolve();
    this.#turnMs = cpuMs();
  }

  #lines(parsed: number): string[] {
    const outcomes = [...this.#outcomes].map(([name, count]) => `${count} ${name}`).sort();
    const sorts = [...this.#sorts].map(([name, count]) => `${count} ${name}`).sort();
    return [
      `queries by origin: ${sorts.join(", ")}`,
      `longest: parse ${this.#parseMsMax.toFixed(1)} ms, evaluation ` +
        `${this.#evalMsMax.toFixed(1)} ms, between two turns ${this.#heldMsMax.toFixed(1)} ms`,
      `${this.#count} texts, ${parsed} are queries: ${outcomes.join(", ")}; ` +
        `${this.#faults.length} faults`,
    ];
  }
}

function isSlow({ parseMs, evalMs, heldMs }: Timing): boolean {
  return parseMs > PARSE_MS_MAX || evalMs > BUDGET_MS + OVERTIME_MS || heldMs > HELD_MS_MAX;
}

/** The time of this thread alone: what other programs take is not held against the query. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Whether the text is a query; throws when it is one that does not survive printing. */
function readsBack(text: string): boolean {
  let printed: string;
  try {
    printed = printPromql(parsePromql(text, ALL_PARSE_FEATURES));
  } catch (error) {
    if (error instanceof EngineError && error.code === PROMQL_PARSE.code) return false;
    throw error;
  }
  const again = printPromql(parsePromql(printed, ALL_PARSE_FEATURES));
  if (again === printed) return true;
  throw new Error(`prints as ${printed}, and that as ${again}`);
}
