/** Sizes up to the next multiple of 8, where columns and records begin. Exact beyond 32 bits. */
export function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
