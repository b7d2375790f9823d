/** Partials that have been merged into others, to be filled anew: their memory was touched before. */
import type { AggregatePlan } from "../plan/plan-node.ts";
import { GroupPartial } from "./group-partial.ts";

/** One per depth of a tree and the one at hand are in use at a time, as good as always. */
const SPARES_MAX = 8;

export class SparePartials {
  readonly #op: AggregatePlan["op"];
  readonly #steps: number;
  readonly #spares: GroupPartial[] = [];

  constructor(op: AggregatePlan["op"], steps: number) {
    this.#op = op;
    this.#steps = steps;
  }

  take(): GroupPartial {
    return this.#spares.pop() ?? new GroupPartial(this.#op, this.#steps);
  }

  put(partial: GroupPartial): void {
    if (this.#spares.length === SPARES_MAX) return;
    partial.clear();
    this.#spares.push(partial);
  }
}
