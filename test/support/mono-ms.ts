/**
 * Milliseconds of the kernel's monotonic clock, with fractions: one scale for this process and for
 * programs it starts, whatever happens to the wall clock. For tests that order events across
 * processes; differences only, the zero is arbitrary.
 */
export function monoMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
