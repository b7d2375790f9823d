/**
 * The inverted index of one shard's head, tenant by tenant. Label strings live once per tenant; a
 * selection yields refs, no labels. Fed by the shard store, in the order in which refs are issued.
 */
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";
import { selectRefs } from "./select-refs.ts";
import { TenantIndex } from "./tenant-index.ts";

const NO_REFS = new Uint32Array(0);

export class InvertedIndex {
  readonly #tenants = new Map<TenantId, TenantIndex>();

  add(tenant: TenantId, ref: number, labels: Labels): void {
    let index = this.#tenants.get(tenant);
    if (index === undefined) {
      index = new TenantIndex();
      this.#tenants.set(tenant, index);
    }
    index.add(ref, labels);
  }

  /** Refs below `bound` of the tenant's series that all matchers accept; ascending, a copy. */
  select(tenant: TenantId, matchers: readonly Matcher[], bound: number): Uint32Array {
    const index = this.#tenants.get(tenant);
    if (index === undefined) return NO_REFS;
    return selectRefs(index, matchers, bound);
  }

  labelNames(tenant: TenantId): readonly string[] {
    return this.#tenants.get(tenant)?.labelNames() ?? [];
  }

  labelValues(tenant: TenantId, name: string): readonly string[] {
    return this.#tenants.get(tenant)?.labelValues(name) ?? [];
  }
}
