/**
 * Valid write requests as stock senders make them, seasoned with everything that is legal and rare:
 * staleness markers and other NaN payloads, -0, infinities, timestamps at the ends of the range,
 * multi-byte text, exemplars, native histograms, metadata. Series come from a fixed population and
 * most values are a function of series and time, so that bodies overlap as those of real senders do.
 */
import type { Dice } from "#test/support/dice.ts";
import type { RequestTree, RowTree } from "./request-tree.ts";
import {
  concat,
  field,
  fixed64Field,
  labelField,
  sampleField,
  textField,
  varintField,
} from "./wire.ts";

const POPULATION = 2000;
const METRICS = 50;
const ROWS_MAX = 200;
const SAMPLES_MAX = 20;
/** Times of one series: this many steps before `baseMs`, one each 15 s as from a scrape. */
const STEPS = 40;
const STEP_MS = 15_000;

const STALE = 0x7ff0_0000_0000_0002n;
const ODD_BITS: readonly bigint[] = [
  STALE,
  0x7ff8_0000_0000_0000n,
  0x7ff8_0000_dead_beefn,
  0xfff0_0000_0000_0001n,
  0x8000_0000_0000_0000n,
  0x7ff0_0000_0000_0000n,
  0xfff0_0000_0000_0000n,
  1n,
  0x7fef_ffff_ffff_ffffn,
];
const LIMIT = 2n ** 52n;
const ODD_TIMES: readonly bigint[] = [
  0n,
  -1n,
  1n,
  LIMIT - 1n,
  LIMIT,
  -LIMIT,
  -LIMIT - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  253_402_300_800_000n,
];
const TEXTS = ["é", "日本語", "𝒳", "\u{fffd}", "a\nb", '"', "\\", " ", "\u0000", "ﷺ", "﻿bom"];

export class ValidBodies {
  readonly #baseMs: number;
  /** Encoded once: most of a body is what other bodies have too. */
  readonly #labels = new Map<number, readonly Uint8Array[]>();
  readonly #samples = new Map<number, Uint8Array>();

  /** `baseMs`: about now for the node that will judge the samples. */
  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  next(dice: Dice): RequestTree {
    const rowCount = dice.scaled(1, ROWS_MAX + 1);
    const first = dice.below(POPULATION);
    const rows: RowTree[] = [];
    // Mostly neighbours, as the series of one scrape target are.
    const stride = dice.chance(0.8) ? 1 : 1 + 2 * dice.below(40);
    const isPlain = dice.chance(0.5);
    for (let i = 0; i < rowCount; i++) {
      rows.push(this.#row(dice, (first + i * stride) % POPULATION, isPlain));
    }
    const tail = dice.chance(0.1)
      ? Array.from({ length: dice.between(1, 10) }, () => metadata(dice))
      : [];
    return { rows, tail };
  }

  #row(dice: Dice, series: number, isPlain: boolean): RowTree {
    const count = dice.chance(0.7) ? 1 : dice.scaled(1, SAMPLES_MAX + 1);
    const step = dice.below(STEPS);
    const samples = Array.from({ length: count }, (_, i) =>
      isPlain || dice.chance(0.96)
        ? this.#usualSample(series, (step + i) % STEPS)
        : this.#oddSample(dice, (step + i) % STEPS),
    );
    const others: Uint8Array[] = [];
    if (dice.chance(0.02)) others.push(this.#exemplar(dice));
    if (!isPlain && dice.chance(0.02)) others.push(this.#histogram(dice));
    return { labels: this.#labelsOf(dice, series), samples, others };
  }

  timeOf(step: number): bigint {
    return BigInt(this.#baseMs - step * STEP_MS);
  }

  #oddSample(dice: Dice, step: number): Uint8Array {
    const time = dice.chance(0.7) ? this.timeOf(step) : dice.pick(ODD_TIMES);
    return sampleField(time, dice.chance(0.8) ? dice.pick(ODD_BITS) : dice.word());
  }

  #usualSample(series: number, step: number): Uint8Array {
    const key = series * STEPS + step;
    const known = this.#samples.get(key);
    if (known !== undefined) return known;
    const sample = sampleField(this.timeOf(step), bitsOf(series * 0.25 + step));
    this.#samples.set(key, sample);
    return sample;
  }

  labelsOf(series: number): readonly Uint8Array[] {
    return this.#labels.getOrInsertComputed(series, () => labelsOf(series));
  }

  #labelsOf(dice: Dice, series: number): readonly Uint8Array[] {
    // Few sets are new each time: real senders have churn too.
    if (!dice.chance(0.001)) return this.labelsOf(series);
    return [...this.labelsOf(series), labelField("zzz_pod", dice.word().toString(36))];
  }

  #exemplar(dice: Dice): Uint8Array {
    const parts = [labelField("trace_id", dice.word().toString(16)), fixed64Field(2, bitsOf(1))];
    return field(3, concat([...parts, varintField(3, this.timeOf(0))]));
  }

  #histogram(dice: Dice): Uint8Array {
    const span = field(8, concat([varintField(1, 4), varintField(2, 3)]));
    const deltas = field(9, Uint8Array.of(2, 1, 4));
    const fields = [varintField(1, dice.below(100)), fixed64Field(3, bitsOf(12.5)), span, deltas];
    return field(4, concat([...fields, varintField(15, this.timeOf(0))]));
  }
}

function labelsOf(series: number): Uint8Array[] {
  const metric = series % METRICS;
  const target = Math.floor(series / METRICS);
  const pairs: [string, string][] = [
    ["__name__", `app_metric_${metric}_total`],
    ["code", String(200 + (metric % 5))],
    ["handler", `/api/v1/resource-${metric % 7}`],
    ["instance", `10.1.${target % 16}.${target}:9100`],
    ["job", `job-${target % 5}`],
  ];
  if (series % 3 === 0) pairs.push(["zone", TEXTS[series % TEXTS.length]!]);
  return pairs.map(([name, value]) => labelField(name, value));
}

function metadata(dice: Dice): Uint8Array {
  const name = `app_metric_${dice.below(METRICS)}_total`;
  const texts = [textField(2, name), textField(4, "What it counts."), textField(5, "bytes")];
  return field(3, concat([varintField(1, dice.below(9)), ...texts]));
}

export function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!;
}
