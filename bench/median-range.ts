/** Figures of repeated runs as tables show them: `median (smallest-largest)`. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

export function medianRange(numbers: readonly number[], digits = 0): string {
  const text = (value: number): string => value.toFixed(digits);
  const range = `${text(Math.min(...numbers))}-${text(Math.max(...numbers))}`;
  return `${text(median(numbers))} (${range})`;
}

/** `1.25x`; a smoke run may be too short to have a base. */
export function timesOf(value: number, base: number): string {
  return base > 0 ? `${(value / base).toFixed(2)}x` : "-";
}
