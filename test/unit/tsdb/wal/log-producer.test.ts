import { expect, test } from "vitest";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { allocateLogChannel } from "#tsdb/wal/log-channel.ts";
import { LogProducer } from "#tsdb/wal/log-producer.ts";
import {
  decodeRecordHeader,
  emptyRecordHeader,
  recordChain,
  recordPayloadBytesMax,
} from "#tsdb/wal/record-codec.ts";

function headerOf(shard: number, seq: number) {
  return { ...emptyRecordHeader(), type: 1, shard, seq };
}

test("records lie in the ring as parts in order, chained per shard", () => {
  const channel = allocateLogChannel(4096);
  const producer = new LogProducer(channel, new Map([[5, 0xabcd]]));
  const parts = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6, 7, 8)];
  expect(producer.append(headerOf(5, 9), parts)).toBe(56);
  expect(producer.append(headerOf(6, 1), [])).toBe(104);
  expect(producer.append(headerOf(5, 10), [new Uint8Array(8)])).toBe(160);
  const ring = new RingConsumer(channel.ring);
  const view = new DataView(ring.bytes.buffer, ring.bytes.byteOffset, ring.bytes.length);
  const seen = [];
  while (ring.next()) {
    const header = emptyRecordHeader();
    expect(decodeRecordHeader(view, ring.frameOffset, header)).toBe(true);
    expect(header.crc).toBe(recordChain(ring.bytes, ring.frameOffset, header.length));
    seen.push(header);
  }
  expect(seen.map(({ shard, seq, length }) => [shard, seq, length])).toEqual([
    [5, 9, 8],
    [6, 1, 0],
    [5, 10, 8],
  ]);
  expect(seen.map(({ prevCrc }) => prevCrc)).toEqual([0xabcd, 0, seen[0]!.crc]);
});

test("a full ring refuses and changes nothing, room lets it go on", () => {
  const channel = allocateLogChannel(1024);
  const producer = new LogProducer(channel);
  const payload = new Uint8Array(200);
  let seq = 0;
  while (producer.append(headerOf(0, seq + 1), [payload]) >= 0) seq++;
  expect(seq).toBeGreaterThan(1);
  expect(producer.position).toBe(seq * 248);
  const ring = new RingConsumer(channel.ring);
  let newest = 0;
  while (ring.next()) {
    newest = new DataView(ring.bytes.buffer, ring.bytes.byteOffset).getUint32(
      ring.frameOffset + 44,
      true,
    );
  }
  ring.release();
  const header = headerOf(0, seq + 1);
  expect(producer.append(header, [payload])).toBe((seq + 1) * 248);
  expect(header.prevCrc).toBe(newest);
});

test("payloads beyond the limit or off the grid are programmer errors", () => {
  const producer = new LogProducer(allocateLogChannel(4096));
  expect(producer.payloadBytesMax % 8).toBe(0);
  expect(() => producer.append(headerOf(0, 1), [new Uint8Array(2048)])).toThrow(/want at most/);
  expect(() => producer.append(headerOf(0, 1), [new Uint8Array(7)])).toThrow(/multiple of 8/);
  const large = new LogProducer(allocateLogChannel());
  expect(large.payloadBytesMax).toBe(recordPayloadBytesMax);
});
