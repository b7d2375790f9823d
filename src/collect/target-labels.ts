/**
 * Puts the labels of a target on a scraped series. The target's own win; a label of the same name on
 * the page is kept under `exported_<name>`, so what the page said is never lost.
 */
import { type Labels, labelsOf } from "#model/labels.ts";

const EXPORTED = "exported_";

/** `target` is sorted and has no `__name__`. */
export function withTargetLabels(scraped: Labels, target: Labels): Labels {
  const pairs = new Map<string, string>();
  for (let i = 0; i < target.length; i += 2) pairs.set(target[i]!, target[i + 1]!);
  const renamed: [string, string][] = [];
  for (let i = 0; i < scraped.length; i += 2) {
    const name = scraped[i]!;
    if (pairs.has(name)) renamed.push([name, scraped[i + 1]!]);
    else pairs.set(name, scraped[i + 1]!);
  }
  for (const [name, value] of renamed) {
    let free = EXPORTED + name;
    while (pairs.has(free)) free = EXPORTED + free;
    pairs.set(free, value);
  }
  return labelsOf(pairs);
}
