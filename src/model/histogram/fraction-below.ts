/**
 * The share of a bucket that lies at or below a value strictly inside it: linear for custom buckets
 * and the zero bucket, on a logarithmic scale for exponential ones (negative ones mirrored).
 */
export function fractionBelow(
  lower: number,
  upper: number,
  value: number,
  linear: boolean,
): number {
  if (linear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}
