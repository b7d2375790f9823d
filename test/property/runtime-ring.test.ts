import fc from "fast-check";
import { expect, test } from "vitest";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { spawnWorker } from "#runtime/node/spawn-worker.ts";
import { DURABLE_CURSOR_BYTES, DurableCursor } from "#runtime/worker/durable-cursor.ts";
import { RingConsumer } from "#runtime/worker/ring-consumer.ts";
import { RingProducer } from "#runtime/worker/ring-producer.ts";
import { allocateRing, frameBytes } from "#runtime/worker/spsc-ring.ts";
import type { RingEchoData } from "#test/unit/runtime/fixtures/ring-echo-worker.ts";

const CAPACITY_BYTES = 128;

type Step =
  | { readonly kind: "write"; readonly payload: Uint8Array; readonly tag: number }
  | { readonly kind: "read" }
  | { readonly kind: "release" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    payload: fc.uint8Array({ maxLength: CAPACITY_BYTES / 2 - 8 }),
    tag: fc.nat(2 ** 32 - 1),
  }),
  fc.record({ kind: fc.constant("read" as const) }),
  fc.record({ kind: fc.constant("release" as const) }),
);

/** The dumb twin: an array of frames, plus the fill that wrapping allows at most. */
test("the ring is a bounded queue", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const buffer = allocateRing(CAPACITY_BYTES);
      const producer = new RingProducer(buffer);
      const consumer = new RingConsumer(buffer);
      const queue: { payload: Uint8Array; tag: number }[] = [];
      const unreleased: Uint8Array[] = [];
      for (const action of steps) {
        if (action.kind === "write") {
          const written = producer.tryWrite(action.payload, action.tag);
          const held = [...queue.map((frame) => frame.payload), ...unreleased];
          const fill = held.reduce((sum, payload) => sum + frameBytes(payload.length), 0);
          if (held.length === 0) expect(written).toBe(true);
          if (fill + frameBytes(action.payload.length) > CAPACITY_BYTES)
            expect(written).toBe(false);
          if (written) queue.push(action);
        } else if (action.kind === "read") {
          const frame = consumer.read();
          const expected = queue.shift();
          expect(frame).toEqual(expected?.payload ?? null);
          if (expected !== undefined) {
            expect(consumer.frameTag).toBe(expected.tag);
            unreleased.push(expected.payload);
          }
        } else {
          consumer.release();
          unreleased.length = 0;
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("two threads: every frame comes back unchanged and in order", async () => {
  const data: RingEchoData = {
    incoming: allocateRing(1024),
    outgoing: allocateRing(1024),
    cursor: new SharedArrayBuffer(DURABLE_CURSOR_BYTES),
  };
  const url = new URL("../unit/runtime/fixtures/ring-echo-worker.ts", import.meta.url);
  const worker = spawnWorker(url, { name: "ring-echo", data });
  const producer = new RingProducer(data.incoming);
  const consumer = new RingConsumer(data.outgoing);
  const frameCount = 5000;
  const send = new SeededRandom(42);
  const expected = new SeededRandom(42);
  let sentBytes = 0;

  const draw = (random: SeededRandom): Uint8Array =>
    Uint8Array.from({ length: random.u32() % 200 }, () => random.u32() & 255);
  const sender = (async () => {
    for (let index = 0; index < frameCount; index++) {
      const payload = draw(send);
      sentBytes += payload.length;
      while (!producer.tryWrite(payload, index)) await producer.whenRoom(payload.length, 20_000);
    }
    producer.close();
  })();
  let received = 0;
  while (!consumer.ended) {
    await consumer.waitAsync(20_000);
    for (let frame = consumer.read(); frame !== null; frame = consumer.read()) {
      const want = draw(expected);
      if (Buffer.compare(frame, want) !== 0) expect(frame).toEqual(want);
      if (consumer.frameTag !== received) expect(consumer.frameTag).toBe(received);
      received += 1;
      consumer.release();
    }
  }
  await sender;
  expect(received).toBe(frameCount);
  expect(new DurableCursor(data.cursor).position).toBe(sentBytes);
  expect(await worker.exited).toBe(0);
});
