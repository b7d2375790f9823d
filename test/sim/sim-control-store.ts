/**
 * The control store of a simulated cluster: one linearizable state on the server's side, and one
 * port per node with latency, outages, lost answers, lost and repeated watch calls. A commit whose
 * answer is lost may or may not have been applied, as with a real store. Leases run on the server's
 * time and expire while a node is away.
 */
import { EngineError } from "#base/engine-error.ts";
import { ControlState } from "#runtime/control/control-state.ts";
import type { ControlStore } from "#runtime/ports/control-store.ts";
import type { NodeId } from "#runtime/ports/network.ts";
import type { Random } from "#runtime/ports/random.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { chance } from "./sim-random.ts";
import type { SimEvent, SimScheduler } from "./sim-scheduler.ts";

export interface ControlFaultRates {
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
  /** The request never arrives. */
  readonly lostRequest: number;
  /** The request is carried out and its answer lost. */
  readonly lostAnswer: number;
  readonly lostWatchCall: number;
  readonly repeatedWatchCall: number;
  /** How long a caller waits before it gives a lost request up. */
  readonly timeoutMs: number;
}

export const calmControl: ControlFaultRates = {
  latencyMsMin: 0.5,
  latencyMsMax: 3,
  lostRequest: 0,
  lostAnswer: 0,
  lostWatchCall: 0,
  repeatedWatchCall: 0,
  timeoutMs: 2000,
};

/** Delay of the second of a repeated watch call: late enough to look like old news. */
const REPEAT_DELAY_MS = 500;

interface Watch {
  readonly node: NodeId;
  readonly prefix: string;
  readonly changed: () => void;
}

export class SimControlStore {
  rates: ControlFaultRates;
  /** False: every request of every node times out. */
  isUp = true;
  readonly #scheduler: SimScheduler;
  readonly #random: Random;
  readonly #state = new ControlState();
  readonly #watches = new Set<Watch>();
  readonly #expiries = new Map<string, { ttlMs: number; event: SimEvent }>();
  readonly #cutNodes = new Set<NodeId>();
  /** Raised when a node's process ends, so that its old answers are not delivered. */
  readonly #incarnations = new Map<NodeId, number>();

  constructor(scheduler: SimScheduler, random: Random, rates: ControlFaultRates = calmControl) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.rates = rates;
  }

  /** The port of one process of `node`. */
  client(node: NodeId): ControlStore {
    const call = <T>(run: () => T): Promise<T> => this.#call(node, run);
    return {
      list: (prefix) => call(() => this.#state.list(prefix)),
      get: (key) => call(() => this.#state.get(key)),
      commit: (compares, changes) =>
        call(() => {
          if (!this.#state.accepts(compares, changes)) {
            return { applied: false, revision: this.#state.revision };
          }
          this.#notify(this.#state.apply(changes));
          return { applied: true, revision: this.#state.revision };
        }),
      watch: (prefix, changed) => this.#watch({ node, prefix, changed }),
      grantLease: (ttlMs) =>
        call(() => {
          const lease = this.#state.grantLease();
          this.#arm(lease, ttlMs);
          return lease;
        }),
      renewLease: (lease) => call(() => this.#renew(lease)),
      revokeLease: (lease) => call(() => this.#end(lease)),
    };
  }

  /** The node's process is gone: its watches end, its leases run out by themselves. */
  detach(node: NodeId): void {
    this.#incarnations.set(node, this.#incarnationOf(node) + 1);
    for (const watch of this.#watches) if (watch.node === node) this.#watches.delete(watch);
  }

  cut(node: NodeId): void {
    this.#cutNodes.add(node);
  }

  heal(): void {
    this.#cutNodes.clear();
    this.isUp = true;
  }

  #call<T>(node: NodeId, run: () => T): Promise<T> {
    const incarnation = this.#incarnationOf(node);
    const isAlive = (): boolean => this.#incarnationOf(node) === incarnation;
    return new Promise((resolve, reject) => {
      const giveUp = this.#scheduler.after(this.rates.timeoutMs, () => {
        if (!isAlive()) return;
        const message = `cannot reach the control store: no answer in ${this.rates.timeoutMs} ms`;
        reject(new EngineError(runtimeErrors.controlUnavailable, message));
      });
      if (chance(this.#random, this.rates.lostRequest)) return;
      this.#scheduler.after(this.#latencyMs(), () => {
        if (!this.isUp || this.#cutNodes.has(node)) return;
        const answer = attempt(run);
        if (chance(this.#random, this.rates.lostAnswer)) return;
        this.#scheduler.after(this.#latencyMs(), () => {
          if (!isAlive() || this.#cutNodes.has(node)) return;
          giveUp.run = null;
          if (answer.error === undefined) resolve(answer.value as T);
          else reject(answer.error as Error);
        });
      });
    });
  }

  #watch(watch: Watch): { close(): void } {
    this.#watches.add(watch);
    return { close: () => void this.#watches.delete(watch) };
  }

  #notify(keys: readonly string[]): void {
    for (const watch of this.#watches) {
      if (!keys.some((key) => key.startsWith(watch.prefix))) continue;
      if (this.#cutNodes.has(watch.node) || chance(this.#random, this.rates.lostWatchCall))
        continue;
      const call = (): void => {
        if (this.#watches.has(watch) && !this.#cutNodes.has(watch.node)) watch.changed();
      };
      this.#scheduler.after(this.#latencyMs(), call);
      if (chance(this.#random, this.rates.repeatedWatchCall)) {
        this.#scheduler.after(this.#latencyMs() + REPEAT_DELAY_MS, call);
      }
    }
  }

  #arm(lease: string, ttlMs: number): void {
    const event = this.#scheduler.after(ttlMs, () => this.#end(lease));
    this.#expiries.set(lease, { ttlMs, event });
  }

  #renew(lease: string): boolean {
    const expiry = this.#expiries.get(lease);
    if (expiry === undefined) return false;
    expiry.event.run = null;
    this.#arm(lease, expiry.ttlMs);
    return true;
  }

  #end(lease: string): void {
    const expiry = this.#expiries.get(lease);
    if (expiry === undefined) return;
    expiry.event.run = null;
    this.#expiries.delete(lease);
    this.#notify(this.#state.endLease(lease));
  }

  #incarnationOf(node: NodeId): number {
    return this.#incarnations.get(node) ?? 0;
  }

  #latencyMs(): number {
    const { latencyMsMin, latencyMsMax } = this.rates;
    return latencyMsMin + this.#random.float() * (latencyMsMax - latencyMsMin);
  }
}

function attempt(run: () => unknown): { value: unknown; error: unknown } {
  try {
    return { value: run(), error: undefined };
  } catch (error) {
    return { value: undefined, error };
  }
}
