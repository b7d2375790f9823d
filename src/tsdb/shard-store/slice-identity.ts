/** The words that tell whose series a slice holds, read while the series are surely still there. */
import { SERIES_TENANT } from "#kernels/layout/head-layout.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import type { Head } from "../head/head.ts";

/** `refs` are those of the slice's series, in its order. */
export function identifySlice(
  head: Head,
  slice: SeriesSlice,
  refs: readonly number[],
): GenerationSlice {
  const { u32 } = head.memory;
  const tenants = new Uint32Array(refs.length);
  const fingerprints = new Uint32Array(2 * refs.length);
  const placements = new Uint32Array(2 * refs.length);
  for (let i = 0; i < refs.length; i++) {
    const fingerprint = head.fingerprintWord(refs[i]!);
    const placement = head.placementWord(refs[i]!);
    tenants[i] = u32[head.recordWord(refs[i]!) + SERIES_TENANT / 4]!;
    fingerprints[2 * i] = u32[fingerprint]!;
    fingerprints[2 * i + 1] = u32[fingerprint + 1]!;
    placements[2 * i] = u32[placement]!;
    placements[2 * i + 1] = u32[placement + 1]!;
  }
  return { ...slice, tenants, fingerprints, placements };
}
