/**
 * When a failed actor is started again. Pure: failures in, decisions out. The pause doubles with
 * each failure in the window; when the window holds too many, the actor is given up (its replica is
 * rebuilt from another), because a state that kills its actor again and again will not heal.
 */
import { assert } from "#base/assert.ts";

export interface RestartLimits {
  /** This many failures inside the window give the actor up. */
  readonly failuresMax: number;
  readonly windowMs: number;
  readonly backoffMsFirst: number;
  readonly backoffMsMax: number;
}

export const defaultRestartLimits: RestartLimits = {
  failuresMax: 3,
  windowMs: 60_000,
  backoffMsFirst: 100,
  backoffMsMax: 10_000,
};

export type RestartDecision =
  | { readonly kind: "restart"; readonly afterMs: number }
  | { readonly kind: "give-up" };

export class RestartPolicy {
  readonly #limits: RestartLimits;
  /** Monotonic times of the failures inside the window. */
  #failures: number[] = [];

  constructor(limits: RestartLimits = defaultRestartLimits) {
    assert(
      limits.failuresMax >= 1 && limits.windowMs > 0,
      "restart policy: limits must be positive",
    );
    this.#limits = limits;
  }

  onFailure(monoMs: number): RestartDecision {
    const { failuresMax, windowMs, backoffMsFirst, backoffMsMax } = this.#limits;
    this.#failures = this.#failures.filter((failedAt) => monoMs - failedAt < windowMs);
    this.#failures.push(monoMs);
    const count = this.#failures.length;
    if (count >= failuresMax) return { kind: "give-up" };
    return { kind: "restart", afterMs: Math.min(backoffMsMax, backoffMsFirst * 2 ** (count - 1)) };
  }
}
