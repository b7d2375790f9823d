/**
 * Whether a manifest is the newest that its shard had. A lost or rolled-back one would show blocks
 * that are gone, hide others, and bring back what was deleted; by itself it looks sound. Pure.
 */
import type { ManifestWitness } from "../wal/manifest-witness.ts";
import type { ManifestState } from "./manifest-state.ts";

/** What is wrong, in words; null when nothing is. The log names versions only when they are durable. */
export function manifestLoss(
  { epoch, version }: Pick<ManifestState, "epoch" | "version">,
  witness: ManifestWitness | undefined,
): string | null {
  if (witness === undefined || version > witness.version) return null;
  const isSame = version === witness.version && epoch === witness.epoch;
  if (isSame) return null;
  const want = `want version ${witness.version} of epoch ${witness.epoch} or a later one`;
  return version === 0 ? `got none, ${want}` : `got version ${version} of epoch ${epoch}, ${want}`;
}
