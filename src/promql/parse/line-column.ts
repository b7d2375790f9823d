/** Where an offset of a query text lies, as errors and annotations show it. */
export interface LineColumn {
  /** From 1. */
  readonly line: number;
  /** From 1, in bytes of UTF-8. */
  readonly column: number;
}

/** `offset` counts UTF-16 units; beyond the text it means the end of the text. */
export function lineColumnAt(text: string, offset: number): LineColumn {
  const before = text.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++;
  return { line, column: Buffer.byteLength(before.slice(lineStart)) + 1 };
}
