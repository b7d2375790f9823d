/** A series as the head keeps it: a chain of miniblocks of 16 samples. */
import type { KernelRegion } from "#kernels/kernel-memory.ts";
import {
  CHAIN_BYTES,
  MINIBLOCK_BYTES_MAX,
  MINIBLOCK_SAMPLES,
  MINIBLOCK_SCRATCH_BYTES,
} from "#kernels/layout/page-layout.ts";
import type { PageKernel } from "#kernels/page-kernel.ts";

export function encodeChain(
  { calls, memory }: PageKernel,
  timestamps: Float64Array,
  values: Float64Array,
): Uint8Array {
  const region = (name: string, bytes: number): KernelRegion =>
    memory.allocate(`${name} of chain ${memory.regions().length}`, bytes);
  const chain = region("state", CHAIN_BYTES).offset;
  const clock = region("timestamps", MINIBLOCK_SAMPLES * 8).offset;
  const input = region("values", MINIBLOCK_SAMPLES * 8).offset;
  const out = region("miniblock", MINIBLOCK_BYTES_MAX).offset;
  const scratch = region("scratch", MINIBLOCK_SCRATCH_BYTES).offset;
  const blocks: Uint8Array[] = [];
  for (let from = 0; from < values.length; from += MINIBLOCK_SAMPLES) {
    const to = Math.min(values.length, from + MINIBLOCK_SAMPLES);
    const { u8, f64 } = memory.views();
    f64.set(timestamps.subarray(from, to), clock / 8);
    f64.set(values.subarray(from, to), input / 8);
    const bytes = calls.miniblockEncode(chain, clock, input, to - from, out, scratch);
    blocks.push(u8.slice(out, out + bytes));
  }
  return Uint8Array.from(Buffer.concat(blocks));
}
