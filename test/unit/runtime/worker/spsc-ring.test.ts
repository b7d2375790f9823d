import { expect, test } from "vitest";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import { allocateRing, framePayloadBytesMax } from "#runtime/worker/spsc-ring.ts";

function ends(capacityBytes: number): { producer: RingProducer; consumer: RingConsumer } {
  const buffer = allocateRing(capacityBytes);
  return { producer: new RingProducer(buffer), consumer: new RingConsumer(buffer) };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test("frames arrive in order with their tags", () => {
  const { producer, consumer } = ends(256);
  expect(consumer.read()).toBeNull();
  expect(producer.tryWrite(bytes(1, 2, 3), 7)).toBe(true);
  expect(producer.tryWrite(bytes(), 8)).toBe(true);
  expect(consumer.read()).toEqual(bytes(1, 2, 3));
  expect(consumer.frameTag).toBe(7);
  expect(consumer.read()).toEqual(bytes());
  expect(consumer.frameTag).toBe(8);
  expect(consumer.read()).toBeNull();
});

test("a full ring refuses until the consumer releases", () => {
  const { producer, consumer } = ends(64);
  const payload = new Uint8Array(24);
  expect(producer.tryWrite(payload)).toBe(true);
  expect(producer.tryWrite(payload)).toBe(true);
  expect(producer.usedBytes).toBe(64);
  expect(producer.tryWrite(bytes())).toBe(false);
  consumer.read();
  expect(producer.tryWrite(bytes())).toBe(false);
  consumer.release();
  expect(producer.tryWrite(bytes())).toBe(true);
});

test("releaseTo gives back only what was read before the mark", () => {
  const { producer, consumer } = ends(64);
  producer.tryWrite(new Uint8Array(24));
  producer.tryWrite(new Uint8Array(24));
  consumer.read();
  const mark = consumer.position;
  consumer.read();
  consumer.releaseTo(mark);
  expect(producer.usedBytes).toBe(32);
  expect(() => consumer.releaseTo(mark - 32)).toThrow(/release to/);
});

test("a frame that does not fit before the end starts at offset 0", () => {
  const { producer, consumer } = ends(64);
  producer.tryWrite(new Uint8Array(24));
  consumer.read();
  consumer.release();
  producer.tryWrite(bytes(9));
  const largest = new Uint8Array(framePayloadBytesMax(64)).fill(5);
  expect(producer.tryWrite(largest)).toBe(true);
  expect(producer.usedBytes).toBe(64);
  expect(consumer.read()).toEqual(bytes(9));
  expect(consumer.read()).toEqual(largest);
  expect(consumer.frameOffset).toBe(8);
});

test("reserve gives an 8-aligned place in the ring; commit may publish less", () => {
  const { producer, consumer } = ends(256);
  const offset = producer.reserve(40);
  expect(offset % 8).toBe(0);
  producer.bytes.fill(3, offset, offset + 2);
  expect(consumer.hasFrame()).toBe(false);
  producer.commit(2);
  expect(consumer.read()).toEqual(bytes(3, 3));
  expect(() => producer.commit(0)).toThrow(/reserved -1/);
});

test("payloads beyond half the ring are a programmer error", () => {
  const { producer } = ends(64);
  expect(() => producer.tryWrite(new Uint8Array(25))).toThrow(/want at most 24/);
});

test("ended is seen only after the last frame", () => {
  const { producer, consumer } = ends(64);
  producer.tryWrite(bytes(1));
  producer.close();
  expect(consumer.ended).toBe(false);
  consumer.read();
  expect(consumer.ended).toBe(true);
  expect(consumer.wait(0)).toBe(false);
  expect(() => producer.reserve(1)).toThrow(/after close/);
});

test("new ends of a used ring continue where the old ones stood", () => {
  const buffer = allocateRing(64);
  const first = new RingProducer(buffer);
  first.tryWrite(bytes(1));
  new RingConsumer(buffer).read();
  const second = new RingProducer(buffer);
  second.tryWrite(bytes(2));
  const consumer = new RingConsumer(buffer);
  expect(consumer.read()).toEqual(bytes(1));
  expect(consumer.read()).toEqual(bytes(2));
});

test("waitAsync wakes on a frame, and whenRoom on a release", async () => {
  const { producer, consumer } = ends(64);
  const woken = consumer.waitAsync(60_000);
  producer.tryWrite(new Uint8Array(24));
  expect(await woken).toBe(true);
  producer.tryWrite(new Uint8Array(24));
  const room = producer.whenRoom(24, 60_000);
  consumer.read();
  consumer.release();
  expect(await room).toBe(true);
  expect(producer.tryWrite(new Uint8Array(24))).toBe(true);
});

test("a buffer of another kind is refused", () => {
  expect(() => new RingProducer(new SharedArrayBuffer(512))).toThrow(/allocateRing/);
  expect(() => allocateRing(100)).toThrow(/power of two/);
});

test("a large ring that is nearly empty is used from its start again", () => {
  const capacity = 16 * 1024 * 1024;
  const { producer, consumer } = ends(capacity);
  const frame = new Uint8Array(100_000);
  let highest = 0;
  for (let i = 0; i < 500; i++) {
    frame[0] = i;
    const offset = producer.reserve(frame.length);
    producer.bytes.set(frame, offset);
    producer.commit(frame.length);
    highest = Math.max(highest, offset + frame.length);
    expect(consumer.read()?.[0]).toBe(i & 255);
    consumer.release();
  }
  expect(highest).toBeLessThan(capacity / 4 + 2 * frame.length);
});

test("what waits in a large ring is not overwritten when it turns back", () => {
  const { producer, consumer } = ends(16 * 1024 * 1024);
  const frame = new Uint8Array(50_000);
  let read = 0;
  for (let i = 0; i < 1000; i++) {
    frame.fill(i);
    while (!producer.tryWrite(frame)) {
      expect(consumer.read()?.every((byte) => byte === (read & 255))).toBe(true);
      consumer.release();
      read++;
    }
    // Up to twenty frames wait, about the share with which the ring still turns back.
    while (i - read > i % 21) {
      expect(consumer.read()?.every((byte) => byte === (read & 255))).toBe(true);
      consumer.release();
      read++;
    }
  }
});
