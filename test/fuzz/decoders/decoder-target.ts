/** One decoder under the fuzzer. */
export interface DecoderTarget {
  readonly name: string;
  /** Of the executions of a campaign: what costs more per execution gets fewer. */
  readonly share: number;
  /** Inputs that it takes, to be mutated. */
  readonly valid: readonly Uint8Array[];
  /**
   * Decodes and reads all of it. Refuses the bytes by an `EngineError` or `LineFault`, or by null or
   * false where they are told apart without one.
   */
  readonly run: (bytes: Uint8Array<ArrayBuffer>) => unknown;
}
