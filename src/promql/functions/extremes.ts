/**
 * The smaller and the larger of two numbers as Go's `math.Min` and `math.Max` have it: the infinity
 * that can not be surpassed wins over NaN, NaN over all else.
 */
export function smaller(a: number, b: number): number {
  const isLeast = a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY;
  return isLeast ? Number.NEGATIVE_INFINITY : Math.min(a, b);
}

export function larger(a: number, b: number): number {
  const isMost = a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY;
  return isMost ? Number.POSITIVE_INFINITY : Math.max(a, b);
}
