/**
 * Layout of the single-producer single-consumer ring of byte frames in shared memory. The two ends
 * are `RingProducer` and `RingConsumer`; each end belongs to exactly one thread at a time.
 *
 *   header 256 B │ data: capacity B, a power of two
 *   frame = length u32 │ tag u32 │ payload │ zero to seven bytes up to the next multiple of 8
 *
 * A frame never wraps: when it does not fit before the end, or the producer finds the start free, a
 * header with `WRAP_MARKER` as length sends the reader back to offset 0. So a frame (with header) is at most half the capacity, which
 * guarantees that it fits into an empty ring wherever the positions stand. Positions are u32 byte
 * counts modulo 2^32, their difference is the fill. Each hot word has a cache line of its own.
 */
import { assert } from "#base/assert.ts";

export const RING_HEADER_BYTES = 256;
export const FRAME_HEADER_BYTES = 8;
export const WRAP_MARKER = 0xffffffff;

/** Smaller rings cannot hold two frames of any use. */
export const RING_CAPACITY_BYTES_MIN = 64;
/** Positions are compared modulo 2^32, so the capacity must stay well below 2^31. */
export const RING_CAPACITY_BYTES_MAX: number = 1 << 30;

/** Indexes into an Int32Array over the header; 16 words per cache line. */
export const RING_MAGIC_WORD = 0;
export const RING_CAPACITY_WORD = 1;
export const RING_TAIL_WORD = 16;
export const RING_CLOSED_WORD = 17;
export const RING_HEAD_WORD = 32;
/** Byte offsets of the two doorbells: data for the consumer, room for the producer. */
export const RING_DATA_BELL_OFFSET = 192;
export const RING_ROOM_BELL_OFFSET = 224;

export const RING_MAGIC = 0x67526e67;

/** Allocates an empty ring. Hand the buffer to both threads. */
export function allocateRing(capacityBytes: number): SharedArrayBuffer {
  const isPowerOfTwo = capacityBytes > 0 && (capacityBytes & (capacityBytes - 1)) === 0;
  assert(
    isPowerOfTwo &&
      capacityBytes >= RING_CAPACITY_BYTES_MIN &&
      capacityBytes <= RING_CAPACITY_BYTES_MAX,
    () => `ring: got capacity ${capacityBytes}, want a power of two in [64, 2^30]`,
  );
  const buffer = new SharedArrayBuffer(RING_HEADER_BYTES + capacityBytes);
  const words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  words[RING_CAPACITY_WORD] = capacityBytes;
  words[RING_MAGIC_WORD] = RING_MAGIC;
  return buffer;
}

/** Header words of a ring, after checking that `buffer` is one. */
export function ringWords(buffer: SharedArrayBuffer): Int32Array {
  const words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  assert(words[RING_MAGIC_WORD] === RING_MAGIC, "ring: the buffer was not made by allocateRing");
  assert(
    buffer.byteLength === RING_HEADER_BYTES + words[RING_CAPACITY_WORD]!,
    () => `ring: got ${buffer.byteLength} bytes for capacity ${words[RING_CAPACITY_WORD]}`,
  );
  return words;
}

/** Largest payload a ring of this capacity accepts. */
export function framePayloadBytesMax(capacityBytes: number): number {
  return capacityBytes / 2 - FRAME_HEADER_BYTES;
}

/** Bytes a payload takes in the ring, header and padding included. */
export function frameBytes(payloadLength: number): number {
  return FRAME_HEADER_BYTES + ((payloadLength + 7) & ~7);
}
