/**
 * The shard worker's end of a log: puts records into the ring and tells how far they are durable.
 * Keeps the checksum chain of every shard. One header write, one copy, one checksum pass per
 * record; never blocks; the log thread wakes at the end of the turn. Owned by the worker thread.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { DurableCursor } from "#runtime/worker/durable-cursor.ts";
import { Doorbell } from "#runtime/worker/doorbell.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import { RING_DATA_BELL_OFFSET } from "#runtime/worker/spsc-ring.ts";
import { TurnBell } from "#runtime/worker/turn-bell.ts";
import {
  durableCursorOf,
  logStatusOf,
  recordPayloadBytesMaxOf,
  type LogChannel,
} from "./log-channel.ts";
import type { LogStatus } from "./log-status.ts";
import {
  encodeRecordHeader,
  RECORD_CRC_OFFSET,
  RECORD_HEADER_BYTES,
  recordChain,
  type RecordHeader,
} from "./record-codec.ts";

export class LogProducer {
  /** How far the log is on stable storage, in positions that `append` returned. */
  readonly cursor: DurableCursor;
  readonly status: LogStatus;
  /** Largest payload of one record. */
  readonly payloadBytesMax: number;
  readonly #ring: RingProducer;
  readonly #view: DataView;
  readonly #chains: Map<number, number>;
  readonly #checksum: typeof crc32c;
  #position = 0;

  /**
   * `chains`: checksum of the newest record per shard, as recovery found them. `checksum` is replaced
   * where a faster one of the same values is at hand.
   */
  constructor(
    channel: LogChannel,
    chains: ReadonlyMap<number, number> = new Map(),
    checksum: typeof crc32c = crc32c,
  ) {
    this.#checksum = checksum;
    // One commit for what a turn appends, not one for its first record and one for the rest.
    const bell = new TurnBell(new Doorbell(channel.ring, RING_DATA_BELL_OFFSET));
    this.#ring = new RingProducer(channel.ring, bell);
    this.cursor = durableCursorOf(channel);
    this.status = logStatusOf(channel);
    this.payloadBytesMax = recordPayloadBytesMaxOf(this.#ring.payloadBytesMax);
    this.#view = new DataView(
      this.#ring.bytes.buffer,
      this.#ring.bytes.byteOffset,
      this.#ring.bytes.byteLength,
    );
    this.#chains = new Map(chains);
  }

  /**
   * Appends one record whose payload is the concatenation of `parts` (together a multiple of 8
   * bytes, at most `payloadBytesMax`). `header` is a scratch object: length, prevCrc and crc are
   * filled in here. Returns the position after the record, or -1 when the ring has no room.
   */
  append(header: RecordHeader, parts: readonly Uint8Array[]): number {
    let length = 0;
    for (const part of parts) length += part.length;
    assert(
      length <= this.payloadBytesMax,
      () => `log: got a payload of ${length} bytes, want at most ${this.payloadBytesMax}`,
    );
    const recordBytes = RECORD_HEADER_BYTES + length;
    const offset = this.#ring.reserve(recordBytes);
    if (offset < 0) return -1;
    header.length = length;
    header.prevCrc = this.#chains.get(header.shard) ?? 0;
    header.crc = 0;
    encodeRecordHeader(this.#view, offset, header);
    const bytes = this.#ring.bytes;
    let at = offset + RECORD_HEADER_BYTES;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    const chain = recordChain(bytes, offset, length, this.#checksum);
    header.crc = chain;
    this.#view.setUint32(offset + RECORD_CRC_OFFSET, chain, true);
    this.#chains.set(header.shard, chain);
    this.#ring.commit(recordBytes);
    this.#position += recordBytes;
    return this.#position;
  }

  /** Position after the newest record handed over. */
  get position(): number {
    return this.#position;
  }

  /** Everything up to here survives power loss. */
  durablePosition(): number {
    return this.cursor.position;
  }

  /** Bytes handed over and not durable yet, with ring overhead. */
  get pendingBytes(): number {
    return this.#ring.usedBytes;
  }

  /** Resolves once a payload of `length` bytes fits; false after `timeoutMs` without room. */
  whenRoom(length: number, timeoutMs: number): Promise<boolean> {
    return this.#ring.whenRoom(RECORD_HEADER_BYTES + length, timeoutMs);
  }

  /** No record follows: the log thread writes what is left and ends. */
  close(): void {
    this.status.requestStop();
    this.#ring.close();
  }
}
