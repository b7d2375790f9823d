/**
 * Makes the data of one round from its seed: the same seed, number and profile give the same
 * samples, bit by bit.
 */
import { compareLabels, labelsOf } from "#model/labels.ts";
import type { MemorySample } from "#promql/script/memory-queryable.ts";
import { Dice } from "#test/support/dice.ts";
import { bucketSeries } from "./bucket-series.ts";
import type { DataProfile, DataSeries, DataSet, Family } from "./data-set.ts";
import { BUCKET_PLAN, FLOAT_PLANS, NATIVE_PLANS } from "./family-plans.ts";
import type { FamilyPlan } from "./family-plans.ts";
import { floatValues } from "./float-values.ts";
import { nativeValues } from "./native-values.ts";
import { sampleTimes, targetClock } from "./sample-times.ts";
import type { SampleTimes, TargetClock } from "./sample-times.ts";

/** Shorter than the hour within which a head accepts samples in any order of series. */
const SPAN_MS = 40 * 60_000;
/** Where the data begins: 1970, the end of a leap February, a plain time. */
const BASES_MS = [600_000, 951_867_600_000, 1_700_000_000_000];
const LABEL_SETS_MAX = 1000;

type Pairs = readonly (readonly [name: string, value: string])[];

export function makeDataSet(seed: number, index: number, profile: DataProfile): DataSet {
  const dice = Dice.named(seed, `data ${profile} ${index}`);
  return new DataMaker(dice, profile).make();
}

class DataMaker {
  readonly #dice: Dice;
  readonly #profile: DataProfile;
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #clocks: Map<string, TargetClock> = new Map();
  readonly #series: DataSeries[] = [];

  constructor(dice: Dice, profile: DataProfile) {
    this.#dice = dice;
    this.#profile = profile;
    this.#startMs = dice.pick(BASES_MS);
    this.#endMs = this.#startMs + SPAN_MS;
  }

  make(): DataSet {
    const plans = [...FLOAT_PLANS, ...(this.#profile === "native" ? NATIVE_PLANS : [])];
    for (const plan of plans) this.#addPlan(plan);
    for (const pairs of product(BUCKET_PLAN.labels)) this.#addClassic(pairs);
    const label = Object.keys(BUCKET_PLAN.labels);
    const families: Family[] = [
      ...plans.map(familyOf),
      { name: "latency_seconds_bucket", kind: "bucket", labels: [...label, "le"], extras: [] },
      { name: "latency_seconds_sum", kind: "counter", labels: label, extras: [] },
      { name: "latency_seconds_count", kind: "counter", labels: label, extras: [] },
    ];
    const series = this.#series
      .filter(({ samples }) => samples.length > 0)
      .sort((a, b) => compareLabels(a.labels, b.labels));
    const [profile, startMs, endMs] = [this.#profile, this.#startMs, this.#endMs];
    return { profile, startMs, endMs, families, series };
  }

  #addPlan(plan: FamilyPlan): void {
    for (const pairs of product(plan.labels)) {
      if (!this.#dice.chance(plan.keep)) continue;
      const { extra } = plan;
      const extras: Pairs =
        extra === undefined ? [] : [[extra.name, this.#dice.pick(extra.values)]];
      const times = this.#times(pairs, plan.isSparse === true);
      this.#add(plan.name, [...pairs, ...extras], times, this.#valuesOf(plan, times));
    }
  }

  #valuesOf({ kind, labels }: FamilyPlan, { timesMs }: SampleTimes): MemorySample["value"][] {
    const dice = this.#dice;
    switch (kind) {
      case "native":
      case "native-gauge":
      case "native-wide":
        return nativeValues(dice, timesMs.length, {
          isGauge: kind === "native-gauge",
          isCustom: labels["custom"] !== undefined,
          isWide: kind === "native-wide",
        });
      case "mixed": {
        const layout = { isGauge: false, isCustom: dice.chance(0.3), isWide: false };
        const histograms = nativeValues(dice, timesMs.length, layout);
        const isFloat = alternation(dice, timesMs.length);
        return histograms.map((one, at) => (isFloat[at] === true ? dice.below(50) : one));
      }
      case "bucket":
        return [];
      default:
        return [...floatValues(dice, kind, timesMs, this.#profile === "quiet")];
    }
  }

  /** The parts of one histogram are scraped together. */
  #addClassic(pairs: Pairs): void {
    const times = this.#times(pairs, false);
    for (const { part, values } of bucketSeries(this.#dice, times.timesMs.length)) {
      const isBucket = !part.startsWith("_");
      const name = BUCKET_PLAN.name + (isBucket ? "_bucket" : part);
      this.#add(name, isBucket ? [...pairs, ["le", part]] : pairs, times, values);
    }
  }

  #times(pairs: Pairs, isSparse: boolean): SampleTimes {
    const target = pairs.filter(([name]) => name === "job" || name === "instance").join();
    let clock = this.#clocks.get(target);
    if (clock === undefined || target === "") {
      clock = targetClock(this.#dice, this.#profile);
      this.#clocks.set(target, clock);
    }
    const range = { startMs: this.#startMs, endMs: this.#endMs };
    const times = sampleTimes(this.#dice, clock, range);
    return isSparse ? thinned(this.#dice, times) : times;
  }

  #add(
    name: string,
    pairs: Pairs,
    { timesMs, stale }: SampleTimes,
    values: readonly MemorySample["value"][],
  ): void {
    const samples = timesMs.map((timeMs, at): MemorySample => {
      return { timeMs, startMs: 0, value: stale.has(at) ? "stale" : values[at]! };
    });
    this.#series.push({ labels: labelsOf([["__name__", name], ...pairs]), samples });
  }
}

function familyOf({ name, kind, labels, extra }: FamilyPlan): Family {
  return {
    name,
    kind,
    labels: Object.keys(labels),
    extras: extra === undefined ? [] : [extra.name],
  };
}

function product(labels: FamilyPlan["labels"]): Pairs[] {
  let sets: Pairs[] = [[]];
  for (const [name, values] of Object.entries(labels)) {
    sets = sets.flatMap((set) => values.map((value): Pairs => [...set, [name, value]]));
  }
  return sets.slice(0, LABEL_SETS_MAX);
}

/** Runs of floats and of histograms. */
function alternation(dice: Dice, count: number): boolean[] {
  let isFloat = dice.chance(0.5);
  return Array.from({ length: count }, () => {
    if (dice.chance(0.1)) isFloat = !isFloat;
    return isFloat;
  });
}

function thinned(dice: Dice, { timesMs }: SampleTimes): SampleTimes {
  const kept = timesMs.filter(() => dice.chance(0.06));
  return { timesMs: kept.length > 0 ? kept : timesMs.slice(-1), stale: new Set() };
}
