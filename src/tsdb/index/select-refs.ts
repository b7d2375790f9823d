/** The series of one tenant that all matchers of a selection accept. */
import type { Matcher } from "#model/matcher.ts";
import { lookUpMatcher } from "./index-matcher.ts";
import { intersectRefs } from "./intersect-refs.ts";
import type { LabelIndex } from "./label-index.ts";
import { RefSet } from "./ref-set.ts";

/** Refs below `bound`, ascending, a copy. Throws an `Error` for an invalid regular expression. */
export function selectRefs(
  index: LabelIndex,
  matchers: readonly Matcher[],
  bound: number,
): Uint32Array {
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
