/** The record number in the payload of a cut (shard-store/FORMAT.md), which is all this log reads. */
const SEQ_OFFSET = 8;
const WORD = 2 ** 32;

export function seqOfCut(payload: Uint8Array): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return view.getUint32(SEQ_OFFSET + 4, true) * WORD + view.getUint32(SEQ_OFFSET, true);
}
