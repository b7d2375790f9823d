import { afterAll, expect, test } from "vitest";
import { spawnWorker } from "#runtime/node/spawn-worker.ts";
import { allocateSlots, Slots } from "#runtime/worker/slots.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { SlotRacerContract, SlotRacerData } from "#test/unit/runtime/fixtures/slot-racer.ts";

const buffer = allocateSlots(2, 64);
const workers = [1, 2, 3].map((owner) => {
  const data: SlotRacerData = { buffer, owner };
  const url = new URL("../unit/runtime/fixtures/slot-racer.ts", import.meta.url);
  return spawnWorker(url, { name: `slots-${owner}`, data });
});
afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

test("threads that race for two slots never hold one at the same time", async () => {
  const clients = workers.map(({ link }) => new WorkerClient<SlotRacerContract>("racer", link));
  const results = await Promise.all(
    clients.map((client) => client.call("race", { rounds: 30_000 })),
  );
  expect(results.map((result) => result.clashes)).toEqual([0, 0, 0]);
  for (const { taken } of results) expect(taken).toBeGreaterThan(0);
  expect(new Slots(buffer, 9).usedCount).toBe(0);
});
