import { expect, test } from "vitest";
import { DURABLE_CURSOR_BYTES, DurableCursor } from "#runtime/worker/durable-cursor.ts";

function pair(): { publisher: DurableCursor; reader: DurableCursor } {
  const buffer = new SharedArrayBuffer(2 * DURABLE_CURSOR_BYTES);
  return {
    publisher: new DurableCursor(buffer, DURABLE_CURSOR_BYTES),
    reader: new DurableCursor(buffer, DURABLE_CURSOR_BYTES),
  };
}

test("positions beyond 2^32 arrive whole", () => {
  const { publisher, reader } = pair();
  expect(reader.position).toBe(0);
  publisher.publish(2 ** 52 + 12345);
  expect(reader.position).toBe(2 ** 52 + 12345);
});

test("the position never goes back", () => {
  const { publisher } = pair();
  publisher.publish(10);
  publisher.publish(10);
  expect(() => publisher.publish(9)).toThrow(/not below 10/);
  expect(() => publisher.publish(10.5)).toThrow(/integer/);
});

test("waitAsync resolves when the target is covered, not before", async () => {
  const { publisher, reader } = pair();
  let done = false;
  const wait = reader.waitAsync(5, 60_000).then((covered) => {
    done = true;
    return covered;
  });
  publisher.publish(4);
  await Promise.resolve();
  expect(done).toBe(false);
  publisher.publish(6);
  expect(await wait).toBe(true);
});

test("fail ends every wait and forbids publishing", async () => {
  const { publisher, reader } = pair();
  const wait = reader.waitAsync(5, 60_000);
  publisher.fail();
  expect(await wait).toBe(false);
  expect(reader.failed).toBe(true);
  expect(reader.wait(1, 60_000)).toBe(false);
  expect(() => publisher.publish(7)).toThrow(/after fail/);
});

test("a wait for a covered position does not block", () => {
  const { publisher, reader } = pair();
  publisher.publish(3);
  expect(reader.wait(3, 60_000)).toBe(true);
  expect(reader.wait(4, 0)).toBe(false);
});
