/**
 * Randomness as a parameter. One seed gives one life: `fork` makes named sub-streams, so adding a
 * draw in one part does not change what another part sees.
 */
export interface Random {
  /** Uniform integer in [0, 2^32). */
  u32(): number;
  /** Uniform double in [0, 1). */
  float(): number;
  fork(tag: string): Random;
}
