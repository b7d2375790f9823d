/** Damage in a block, named by file and place: `storage.corruption` with what was got and wanted. */
import { EngineError } from "#base/engine-error.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

export function blockDamage(path: string, cause: string, offset = 0): EngineError {
  return new EngineError(CORRUPTION, `cannot read ${path}: ${cause}`, { data: { path, offset } });
}

/** Runs a step of a codec that does not know the file; its complaints get the place. */
export function naming<T>(path: string, offset: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw blockDamage(path, `at ${offset}: ${error.message}`, offset);
  }
}
