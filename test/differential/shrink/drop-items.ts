/** Leaves out as much of a list as can be while something stays true: halves first, then less. */
export async function dropItems<Item>(
  items: readonly Item[],
  holds: (fewer: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < kept.length;) {
      const fewer = kept.toSpliced(from, size);
      if (fewer.length > 0 && (await holds(fewer))) kept = fewer;
      else from += size;
    }
  }
  return kept;
}
