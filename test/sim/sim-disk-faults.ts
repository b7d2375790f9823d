/**
 * What goes wrong on a simulated disk short of a crash: rates for swarm runs and single shots for
 * directed tests. Decides only; `SimDisk` carries it out.
 */
import type { Random } from "#runtime/ports/random.ts";
import { between, chance } from "./sim-random.ts";

export type DiskOpKind = "open" | "read" | "write" | "sync" | "rename" | "unlink" | "sync-dir";

export interface DiskFaultRates {
  readonly readError: number;
  readonly writeError: number;
  readonly syncError: number;
  readonly shortWrite: number;
  /** Probability that an operation takes `stallMs` longer. */
  readonly stall: number;
  readonly stallMs: number;
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
}

export const calmDisk: DiskFaultRates = {
  readError: 0,
  writeError: 0,
  syncError: 0,
  shortWrite: 0,
  stall: 0,
  stallMs: 0,
  latencyMsMin: 0.05,
  latencyMsMax: 0.5,
};

interface PlannedFailure {
  readonly kind: DiskOpKind;
  readonly path: string | null;
  /** Counts down; fails at 0. */
  remaining: number;
}

export class SimDiskFaults {
  rates: DiskFaultRates;
  readonly #random: Random;
  #planned: PlannedFailure[] = [];

  constructor(random: Random, rates: DiskFaultRates = calmDisk) {
    this.#random = random;
    this.rates = rates;
  }

  /** The `nth` operation of this kind from now (1 = next), on `path` or any, fails with EIO. */
  failNth(kind: DiskOpKind, nth: number, path: string | null = null): void {
    this.#planned.push({ kind, path, remaining: nth });
  }

  fails(kind: DiskOpKind, path: string): boolean {
    let planned = false;
    for (const failure of this.#planned) {
      if (failure.kind !== kind || (failure.path !== null && failure.path !== path)) continue;
      failure.remaining -= 1;
      if (failure.remaining === 0) planned = true;
    }
    this.#planned = this.#planned.filter((failure) => failure.remaining > 0);
    return planned || chance(this.#random, this.#rateOf(kind));
  }

  /** Bytes that a write of `length` manages; all of them, or fewer but at least one. */
  writtenLength(length: number): number {
    if (length < 2 || !chance(this.#random, this.rates.shortWrite)) return length;
    return between(this.#random, 1, length - 1);
  }

  latencyMs(): number {
    const { latencyMsMin, latencyMsMax, stall, stallMs } = this.rates;
    const base = latencyMsMin + this.#random.float() * (latencyMsMax - latencyMsMin);
    return chance(this.#random, stall) ? base + stallMs : base;
  }

  #rateOf(kind: DiskOpKind): number {
    if (kind === "read") return this.rates.readError;
    if (kind === "sync" || kind === "sync-dir") return this.rates.syncError;
    return kind === "write" ? this.rates.writeError : 0;
  }
}
