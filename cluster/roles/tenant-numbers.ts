/**
 * Issues tenants without a file: the upper half of a number is the boot count of the node, which
 * never comes again, the lower half counts in shared memory. So a number is new, also after a crash,
 * and any listener of the node knows at once which ones there are.
 */
import { EngineError } from "#base/engine-error.ts";
import type { ErrorCode } from "#base/engine-error.ts";
import type { TenantDoor } from "#http/doors.ts";
import { tenantId } from "#model/refs.ts";
import type { TenantId } from "#model/refs.ts";

/** Of one boot, and boots of one node: the halves of a u32. */
const HALF = 65_536;

const TENANTS_EXHAUSTED: ErrorCode = {
  code: "node.tenants-exhausted",
  http: 503,
  retryable: false,
  description: "no number is left for a new tenant",
};

export class TenantNumbers implements TenantDoor {
  readonly #issued: Int32Array;
  readonly #bootCount: number;

  /** `memory` is shared by all listeners of the node: one i32, 0 at start. */
  constructor(memory: SharedArrayBuffer, bootCount: number) {
    this.#issued = new Int32Array(memory);
    this.#bootCount = bootCount;
  }

  issue(): TenantId {
    if (this.#bootCount >= HALF) throw exhausted(`the node was started ${this.#bootCount} times`);
    const low = Atomics.add(this.#issued, 0, 1) + 1;
    if (low < HALF) return tenantId(this.#bootCount * HALF + low);
    Atomics.store(this.#issued, 0, HALF - 1);
    throw exhausted(`${HALF - 1} were made since the node was started, restart it`);
  }

  /** Of earlier boots any number counts as issued: nobody else can have got it. */
  isKnown(tenant: TenantId): boolean {
    if (tenant === 0) return true;
    const boot = Math.floor(tenant / HALF);
    if (boot !== this.#bootCount) return boot > 0 && boot < this.#bootCount;
    const low = tenant % HALF;
    return low > 0 && low <= Atomics.load(this.#issued, 0);
  }
}

function exhausted(cause: string): EngineError {
  return new EngineError(TENANTS_EXHAUSTED, `cannot make a tenant: ${cause}`);
}
