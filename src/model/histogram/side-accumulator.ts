/**
 * One side of a `HistogramAccumulator`: ascending bucket indexes with a compensated sum each, as
 * three parallel arrays.
 */
import type { CompensatedSum } from "#model/compensated-sum.ts";
import { type BucketSide, coarserIndex } from "./bucket-side.ts";
import { leadingWithin } from "./zero-bucket.ts";

export class SideAccumulator {
  #indexes: number[];
  #sums: number[];
  #lost: number[];

  constructor(indexes: number[], sums: number[], lost: number[]) {
    this.#indexes = indexes;
    this.#sums = sums;
    this.#lost = lost;
  }

  static of(side: BucketSide): SideAccumulator {
    const sums = Array.from(side.counts);
    return new SideAccumulator(
      Array.from(side.indexes),
      sums,
      sums.map(() => 0),
    );
  }

  clone(): SideAccumulator {
    return new SideAccumulator([...this.#indexes], [...this.#sums], [...this.#lost]);
  }

  toSide(): BucketSide {
    return {
      indexes: Int32Array.from(this.#indexes),
      counts: Float64Array.from(this.#sums, (sum, i) => sum + this.#lost[i]!),
    };
  }

  hasOverflow(): boolean {
    return this.#sums.some((sum) => sum === Infinity || sum === -Infinity);
  }

  scale(factor: number): void {
    for (let i = 0; i < this.#sums.length; i++) {
      this.#sums[i]! *= factor;
      this.#lost[i]! *= factor;
    }
  }

  /** Adds buckets at ascending, perhaps repeated indexes. */
  add(indexes: ArrayLike<number>, counts: ArrayLike<number>, sign: number): void {
    this.#insertMissing(indexes);
    let at = 0;
    for (let i = 0; i < indexes.length; i++) {
      while (this.#indexes[at]! < indexes[i]!) at++;
      this.#addAt(at, sign * counts[i]!);
    }
  }

  reduce(schema: number, targetSchema: number): void {
    this.remap((side) => side.indexes.map((index) => coarserIndex(index, schema, targetSchema)));
  }

  /** Moves every bucket to the index `targets` gives for it (ascending), merging equal ones. */
  remap(targets: (side: BucketSide) => ArrayLike<number>): void {
    const indexes = targets(this.toSide());
    const sums = this.#sums;
    const lost = this.#lost;
    this.#indexes = [];
    this.#sums = [];
    this.#lost = [];
    for (let i = 0; i < sums.length; i++) {
      const last = this.#indexes.length - 1;
      if (last >= 0 && this.#indexes[last] === indexes[i]) {
        this.#addAt(last, sums[i]!);
        this.#addAt(last, lost[i]!);
      } else {
        this.#indexes.push(indexes[i]!);
        this.#sums.push(sums[i]!);
        this.#lost.push(lost[i]!);
      }
    }
  }

  /** Moves the buckets that begin below `threshold` into `zero`. */
  moveLeading(schema: number, threshold: number, zero: CompensatedSum): void {
    const count = leadingWithin(this.toSide(), schema, threshold);
    for (let i = 0; i < count; i++) {
      zero.add(this.#sums[i]!);
      zero.add(this.#lost[i]!);
    }
    this.#indexes.splice(0, count);
    this.#sums.splice(0, count);
    this.#lost.splice(0, count);
  }

  dropEmpty(): void {
    const kept = this.#sums.map((sum, i) => sum !== 0 || this.#lost[i] !== 0);
    this.#indexes = this.#indexes.filter((_, i) => kept[i]);
    this.#sums = this.#sums.filter((_, i) => kept[i]);
    this.#lost = this.#lost.filter((_, i) => kept[i]);
  }

  #addAt(at: number, value: number): void {
    const sum = this.#sums[at]!;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) this.#lost[at] = 0;
    else if (Math.abs(sum) >= Math.abs(value)) this.#lost[at]! += sum - total + value;
    else this.#lost[at]! += value - total + sum;
    this.#sums[at] = total;
  }

  #insertMissing(indexes: ArrayLike<number>): void {
    const missing: number[] = [];
    let at = 0;
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[i]!;
      while (at < this.#indexes.length && this.#indexes[at]! < index) at++;
      if (this.#indexes[at] !== index && missing.at(-1) !== index) missing.push(index);
    }
    if (missing.length === 0) return;
    const merged: [number, number, number][] = this.#indexes.map((index, i) => [
      index,
      this.#sums[i]!,
      this.#lost[i]!,
    ]);
    for (const index of missing) merged.push([index, 0, 0]);
    merged.sort((a, b) => a[0] - b[0]);
    this.#indexes = merged.map((bucket) => bucket[0]);
    this.#sums = merged.map((bucket) => bucket[1]);
    this.#lost = merged.map((bucket) => bucket[2]);
  }
}
