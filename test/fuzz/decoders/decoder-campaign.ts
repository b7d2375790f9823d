/**
 * Every decoder on mutated inputs: it decodes or refuses by an error with a code, and no input holds
 * its thread for long. A fault says the seed and the input.
 */
import { EngineError } from "#base/engine-error.ts";
import { LineFault } from "#ingest/import/line-fault.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { ByteMutator, MUTATION_NAMES } from "./byte-mutator.ts";
import type { DecoderTarget } from "./decoder-target.ts";

const STEP_MS_MAX = 100;
/** A slow step is measured again this often: another program may have had the processor. */
const SLOW_TRIES = 3;
const FAULTS_MAX = 3;
const SHOWN_BYTES_MAX = 400;
const US_PER_MS = 1000;
/** Stands for the error of decoders that have none. */
const REFUSED = new LineFault("it is none");

export interface DecoderCampaignOptions {
  readonly seed: number;
  /** Executions of a target of share 1. */
  readonly count: number;
  /** Only the targets whose name begins so; empty for all. */
  readonly only: string;
  readonly progress: (line: string) => void;
}

export interface DecoderCampaignResult {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
}

/** How often inputs of a mutation were taken and refused. */
interface Outcomes {
  readonly taken: Float64Array;
  readonly refused: Float64Array;
}

export function runDecoderCampaign(
  targets: readonly DecoderTarget[],
  options: DecoderCampaignOptions,
): DecoderCampaignResult {
  const lines: string[] = [];
  const faults: string[] = [];
  let executions = 0;
  let slowestMs = 0;
  const chosen = targets.filter(({ name }) => name.startsWith(options.only));
  for (const target of chosen) {
    const fuzz = new TargetFuzz(target, options.seed);
    const count = Math.ceil(target.share * options.count);
    fuzz.run(count);
    faults.push(...fuzz.faults);
    for (const line of [...fuzz.lines, ...fuzz.faults]) options.progress(line);
    lines.push(...fuzz.lines);
    executions += fuzz.executions;
    slowestMs = Math.max(slowestMs, fuzz.slowestMs);
  }
  lines.push(
    `decoders: seed ${options.seed}, ${executions} executions of ${chosen.length} decoders, ` +
      `longest step ${slowestMs.toFixed(1)} ms on the clock, ${faults.length} faults`,
  );
  return { lines, faults };
}

class TargetFuzz {
  readonly #target: DecoderTarget;
  readonly #seed: number;
  readonly #outcomes: Outcomes = {
    taken: new Float64Array(MUTATION_NAMES.length),
    refused: new Float64Array(MUTATION_NAMES.length),
  };
  readonly faults: string[] = [];
  executions = 0;
  slowestMs = 0;

  constructor(target: DecoderTarget, seed: number) {
    this.#target = target;
    this.#seed = seed;
  }

  run(count: number): void {
    const { name, valid } = this.#target;
    const mutator = new ByteMutator(new SeededRandom(this.#seed).fork(name), valid);
    while (this.executions < count && this.faults.length < FAULTS_MAX) {
      this.executions++;
      const bytes = mutator.next();
      const startMs = performance.now();
      const error = this.#try(bytes);
      const tookMs = performance.now() - startMs;
      if (tookMs > this.slowestMs) this.slowestMs = tookMs;
      if (tookMs > STEP_MS_MAX) this.#judgeSlow(bytes);
      this.#book(mutator.mutation, bytes, error);
    }
  }

  get lines(): string[] {
    const { taken, refused } = this.#outcomes;
    const parts = MUTATION_NAMES.map((mutation, i) => `${mutation} ${taken[i]}/${refused[i]}`);
    return [`  ${this.#target.name}: ${this.executions}; taken/refused ${parts.join(", ")}`];
  }

  /** Null when the input was taken. */
  #try(bytes: Uint8Array<ArrayBuffer>): unknown {
    try {
      const result = this.#target.run(bytes);
      return result === null || result === false ? REFUSED : null;
    } catch (error) {
      return error;
    }
  }

  #book(mutation: number, bytes: Uint8Array, error: unknown): void {
    const { taken, refused } = this.#outcomes;
    if (error === null) taken[mutation]!++;
    else if (error instanceof EngineError || error instanceof LineFault) {
      refused[mutation]!++;
      if (MUTATION_NAMES[mutation] === "valid") this.#fault(bytes, `refused: ${error.message}`);
    } else {
      this.#fault(bytes, error instanceof Error ? error.stack! : "what was thrown is no error");
    }
  }

  /** Slow is what takes that much of the processor each time. */
  #judgeSlow(bytes: Uint8Array<ArrayBuffer>): void {
    let leastMs = Infinity;
    for (let i = 0; i < SLOW_TRIES; i++) {
      const before = process.threadCpuUsage();
      this.#try(bytes);
      const { user, system } = process.threadCpuUsage(before);
      leastMs = Math.min(leastMs, (user + system) / US_PER_MS);
    }
    if (leastMs > STEP_MS_MAX) this.#fault(bytes, `${leastMs.toFixed(1)} ms of processor`);
  }

  #fault(bytes: Uint8Array, cause: string): void {
    const shown = bytes.subarray(0, SHOWN_BYTES_MAX).toHex();
    const where = `seed ${this.#seed}, execution ${this.executions}, ${bytes.length} bytes ${shown}`;
    this.faults.push(`${this.#target.name}: ${where}: ${cause}`);
  }
}
