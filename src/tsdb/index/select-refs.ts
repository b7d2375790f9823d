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
  const candidates = singles.length > 0 ? intersectRefs(singles) : index.allRefs();
  let refs: Uint32Array = candidates.slice(0, countBelow(candidates, bound));
  for (const lists of takes) {
    if (lists.length !== 1) refs = filterRefs(refs, lists, true);
  }
  return drops.length > 0 ? filterRefs(refs, drops, false) : refs;
}

/** How many of ascending refs are below the bound. */
function countBelow(refs: Uint32Array, bound: number): number {
  let low = 0;
  let high = refs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (refs[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function filterRefs(
  refs: Uint32Array,
  lists: readonly Uint32Array[],
  keepMembers: boolean,
): Uint32Array {
  if (refs.length === 0) return refs;
  const members = new RefSet(refs[0]!, refs.at(-1)! + 1);
  for (const list of lists) members.addAll(list);
  const kept = new Uint32Array(refs.length);
  let count = 0;
  // A loop, because the arrays' own filter takes ten times as long.
  for (let i = 0; i < refs.length; i++) {
    if (members.has(refs[i]!) === keepMembers) kept[count++] = refs[i]!;
  }
  return kept.subarray(0, count);
}
