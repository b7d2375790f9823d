/**
 * The inverted index of one shard's head, tenant by tenant. Label strings live once per tenant; a
 * selection yields refs, no labels. Fed by the shard store, in the order in which refs are issued.
 */
import type { Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import type { TenantId } from "#model/refs.ts";
import { lookUpMatcher } from "./index-matcher.ts";
import { intersectRefs } from "./intersect-refs.ts";
import { RefSet } from "./ref-set.ts";
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
    const looked = matchers.map((matcher) => lookUpMatcher(index, matcher));
    const takes = looked.filter(({ role }) => role === "take").map(({ lists }) => lists);
    const drops = looked.filter(({ role }) => role === "drop").flatMap(({ lists }) => lists);
    const singles = takes.flatMap((lists) => (lists.length === 1 ? lists : []));
    // Every other selection starts from its rarest plain label, or from all series.
    let refs = singles.length > 0 ? intersectRefs(singles) : index.allRefs();
    for (const lists of takes) {
      if (lists.length !== 1) refs = filterRefs(refs, lists, bound, true);
    }
    if (drops.length > 0) refs = filterRefs(refs, drops, bound, false);
    return refs.filter((ref) => ref < bound);
  }

  labelNames(tenant: TenantId): readonly string[] {
    return this.#tenants.get(tenant)?.labelNames() ?? [];
  }

  labelValues(tenant: TenantId, name: string): readonly string[] {
    return this.#tenants.get(tenant)?.labelValues(name) ?? [];
  }
}

function filterRefs(
  refs: Uint32Array,
  lists: readonly Uint32Array[],
  bound: number,
  keepMembers: boolean,
): Uint32Array {
  const members = new RefSet(bound);
  for (const list of lists) members.addAll(list);
  return refs.filter((ref) => members.has(ref) === keepMembers);
}
