/** The log of a worker as its shard driver sees it: records go to the producer's ring. */
import { assert } from "#base/assert.ts";
import type { LogPort } from "#cluster/shard/shard-driver.ts";
import type { Epoch, Seq, ShardId } from "#model/refs.ts";
import type { LogRecordDraft } from "#storage/log-record.ts";
import { RING_HEADER_BYTES } from "#runtime/worker/spsc-ring.ts";
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import type { LogProducer } from "#tsdb/wal/log-producer.ts";
import { emptyRecordHeader } from "#tsdb/wal/record-codec.ts";
import type { RecordHeader } from "#tsdb/wal/record-codec.ts";

export class ProducerLogPort implements LogPort {
  readonly #producer: LogProducer;
  readonly #header: RecordHeader = emptyRecordHeader();
  /** Reused: a fresh array per record would be garbage per batch. */
  readonly #parts: Uint8Array[] = [new Uint8Array(0)];

  readonly #capacityBytes: number;

  constructor(producer: LogProducer, channel: LogChannel) {
    this.#producer = producer;
    this.#capacityBytes = channel.ring.byteLength - RING_HEADER_BYTES;
  }

  append(shard: ShardId, epoch: Epoch, seq: Seq, draft: LogRecordDraft): number {
    const header = this.#header;
    header.type = draft.type;
    header.flags = draft.flags;
    header.shard = shard;
    header.epoch = epoch;
    header.count = draft.count;
    header.seq = seq;
    this.#parts[0] = draft.payload;
    const position = this.#producer.append(header, this.#parts);
    assert(position >= 0, () => `log: no room for a record of shard ${shard} after freeBytes`);
    return position;
  }

  freeBytes(): number {
    return this.#capacityBytes - this.#producer.pendingBytes;
  }
}
