/**
 * What a write protocol says to its sender, independent of the listener that carries it. Texts are
 * plain: stock senders log the first line and read no JSON.
 */
export interface WriteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for success. */
  readonly text: string;
}

/** Header fields with lower-case names, as node:http gives them. */
export type WriteHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The one value of a header; undefined when absent or given more than once. */
export function headerValue(headers: WriteHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}
