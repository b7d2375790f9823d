/** A kernel's argument frame in linear memory: u32 fields at byte offsets from its address. */
export interface KernelFrame {
  /** Byte address, a multiple of 4. */
  readonly at: number;
  /** Current u32 view of the whole memory. */
  readonly view: Uint32Array;
}

export function putField(frame: KernelFrame, field: number, value: number): void {
  frame.view[(frame.at + field) >>> 2] = value;
}

export function getField(frame: KernelFrame, field: number): number {
  return frame.view[(frame.at + field) >>> 2]!;
}
