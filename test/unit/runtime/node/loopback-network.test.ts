import { expect, test } from "vitest";
import { LOOPBACK_QUEUED_BYTES_MAX, LoopbackNetwork } from "#runtime/node/loopback-network.ts";

test("what is sent arrives in order and in a later turn", async () => {
  const network = new LoopbackNetwork("n1");
  const seen: string[] = [];
  network.onReceive((from, channel, payload) => {
    seen.push(`${from} ${channel} ${payload[0]}`);
    if (payload[0] === 1) network.send("n1", "query", Uint8Array.of(3));
  });
  expect(network.send("n1", "log", Uint8Array.of(1))).toBe(true);
  expect(network.send("n1", "control", Uint8Array.of(2))).toBe(true);
  expect(seen).toEqual([]);
  await new Promise(setImmediate);
  expect(seen).toEqual(["n1 log 1", "n1 control 2"]);
  await new Promise(setImmediate);
  expect(seen.at(-1)).toBe("n1 query 3");
});

test("other nodes are not reachable and the queue is bounded", async () => {
  const network = new LoopbackNetwork("n1");
  network.onReceive(() => undefined);
  expect(network.send("n2", "log", Uint8Array.of(1))).toBe(false);
  const half = new Uint8Array(LOOPBACK_QUEUED_BYTES_MAX / 2);
  expect(network.send("n1", "log", half)).toBe(true);
  expect(network.send("n1", "log", half)).toBe(true);
  expect(network.send("n1", "log", Uint8Array.of(1))).toBe(false);
  await new Promise(setImmediate);
  expect(network.send("n1", "log", Uint8Array.of(1))).toBe(true);
});
