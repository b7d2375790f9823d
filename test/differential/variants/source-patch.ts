/** A change of one place in the engine's source, made in memory when a variant is loaded. */
export interface SourcePatch {
  /** Relative to the project. */
  readonly path: string;
  /** Text that occurs exactly once. */
  readonly find: string;
  readonly replace: string;
}

export function patched(source: string, { path, find, replace }: SourcePatch): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`cannot patch ${path}: got ${parts.length - 1} times "${find}", want it once`);
}
