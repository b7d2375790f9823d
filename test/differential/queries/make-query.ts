/**
 * One query with its times, from the seed of the run and its number: the same seed, data and number
 * give the same query, whatever was asked before.
 */
import { Dice } from "#test/support/dice.ts";
import type { DataSet } from "../data/data-set.ts";
import type { Language } from "./language.ts";
import { makeRangeVector } from "./make-range-vector.ts";
import { makeScalar } from "./make-scalar.ts";
import { makeVector } from "./make-vector.ts";
import type { QueryTimes, Scope } from "./scope.ts";

export interface GeneratedQuery extends QueryTimes {
  readonly text: string;
  /** The order of the answer's values counts. */
  readonly isOrdered: boolean;
}

const SECOND_MS = 1000;
const HALF_SECOND_MS = 500;
const STEPS_MAX = 24;
const DEPTHS = [1, 2, 2, 3, 3, 4];

export interface QuerySeed {
  readonly seed: number;
  readonly dataIndex: number;
  readonly queryIndex: number;
}

export function makeQuery(
  { seed, dataIndex, queryIndex }: QuerySeed,
  data: DataSet,
  language: Language,
): GeneratedQuery {
  const tag = `query ${data.profile} ${dataIndex} ${queryIndex}`;
  const dice = Dice.named(seed, tag);
  const times = makeTimes(dice, data);
  const phaseMs = data.profile === "quiet" ? HALF_SECOND_MS : 0;
  const scope: Scope = {
    dice,
    data,
    language,
    times,
    phaseMs,
    depth: dice.pick(DEPTHS),
    makeVector,
  };
  if (dice.chance(times.isInstant ? 0.05 : 0.01)) return sortQuery(scope);
  return { ...times, text: rootText(scope), isOrdered: false };
}

/** Functions that only order, which shows at the root. */
function sortQuery(scope: Scope): GeneratedQuery {
  const { dice, times, language } = scope;
  const term = makeVector(scope);
  if (language.functions.has("sort_by_label") && dice.chance(0.3)) {
    const by = dice.pick(['"zone"', '"job", "instance"', '"no_such_label"', '"id"']);
    const name = dice.pick(["sort_by_label", "sort_by_label_desc"]);
    return { ...times, text: `${name}(${term.text}, ${by})`, isOrdered: false };
  }
  const text = `${dice.pick(["sort", "sort_desc"])}(${term.text})`;
  // What has no float value keeps no place.
  return { ...times, text, isOrdered: times.isInstant && term.content === "float" };
}

function rootText(scope: Scope): string {
  const { dice, times } = scope;
  if (dice.chance(0.03)) return makeScalar(scope);
  if (times.isInstant && dice.chance(0.04)) {
    return makeRangeVector(scope, { isWanted: () => true }).text;
  }
  if (times.isInstant && dice.chance(0.005)) return '"a string"';
  return makeVector(scope).text;
}

function makeTimes(dice: Dice, { profile, startMs, endMs }: DataSet): QueryTimes {
  const shiftMs = profile === "quiet" ? HALF_SECOND_MS : 0;
  const pointMs = (fromMs: number, toMs: number): number => {
    const seconds = dice.between(Math.ceil(fromMs / SECOND_MS), Math.floor(toMs / SECOND_MS));
    // On data with edges most times are multiples of the usual intervals.
    const even = profile === "quiet" || dice.chance(0.2) ? seconds : seconds - (seconds % 15);
    return even * SECOND_MS + shiftMs;
  };
  if (dice.chance(0.5)) {
    const atMs = pointMs(startMs + 240_000, endMs + 60_000);
    return { isInstant: true, startMs: atMs, endMs: atMs, stepMs: 0 };
  }
  const stepMs = dice.pick([15_000, 30_000, 60_000, 60_000, 120_000, 300_000, 17_000]);
  const fromMs = pointMs(startMs - 120_000, endMs - 600_000);
  const steps = dice.between(1, STEPS_MAX);
  // `@ end()` is where the range ends, step or not, so that must lie beside all edges too.
  const latestMs = endMs + 300_000 + shiftMs;
  const toMs = Math.min(fromMs + steps * stepMs + dice.pick([0, 0, 7000]), latestMs);
  return { isInstant: false, startMs: fromMs, endMs: Math.max(toMs, fromMs), stepMs };
}
