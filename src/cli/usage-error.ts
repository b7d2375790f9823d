/** The command line was not understood; the message says what was wanted. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
