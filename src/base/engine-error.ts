/**
 * Operating errors: what may happen to a correct program (bad input, full disk, lost peer).
 * Every error carries a stable code from its layer's table, whether a retry may help, and a message
 * of the form `cannot <verb> <what>: <cause>` with got and want. Tables (`*-errors.ts`) say how a
 * code maps to HTTP and gRPC, so edges translate and never decide.
 */
export interface ErrorCode {
  /** Stable, dotted, lower case: `wal.write-failed`. */
  readonly code: string;
  readonly retryable: boolean;
  /** HTTP status an edge answers with. */
  readonly http: number;
  readonly description: string;
}

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: string;
  readonly retryable: boolean;
  readonly http: number;
  /** Facts for logs and for the JSON answer; never secrets, never sample values. */
  readonly data: Readonly<Record<string, string | number>>;

  constructor(
    kind: ErrorCode,
    message: string,
    options: { data?: Readonly<Record<string, string | number>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = kind.code;
    this.retryable = kind.retryable;
    this.http = kind.http;
    this.data = options.data ?? {};
  }
}

/** True when `error` is an `EngineError` of this kind, also when it crossed a thread. */
export function isErrorOf(error: unknown, kind: ErrorCode): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === kind.code;
}
