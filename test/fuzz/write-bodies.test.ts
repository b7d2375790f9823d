/**
 * A small part of the long run (`npm run fuzz:bodies`): regressions and mutated write requests
 * through a receiver on the shipped kernels and one on the twins.
 */
import { expect, test } from "vitest";
import { MUTATIONS } from "./body-maker.ts";
import { CLASS_SHARE_MIN, DECODED_SHARE_MIN } from "./class-counts.ts";
import { ReceiverCheck } from "./receiver-check.ts";
import { runReceiverCampaign } from "./receiver-campaign.ts";
import { snappyBytes, zstdBytes } from "./fuzz-body.ts";
import { encodeRequest } from "./request-tree.ts";
import { Dice } from "#test/support/dice.ts";
import { ValidBodies } from "./valid-bodies.ts";
import { BULK_SHAPES } from "./mutations/bulk-mutations.ts";

const NOW_MS = 1_700_000_000_000;

test("mutated bodies give what the twins give, and the shards hold what the model holds", async () => {
  const { faults, counts } = await runReceiverCampaign({
    seed: 1,
    count: 600,
    isLong: false,
    progress: () => {},
  });
  expect(faults).toEqual([]);
  expect(counts.total).toBe(600);
  expect(counts.leastShare).toBeGreaterThan(CLASS_SHARE_MIN);
  expect(counts.decodedShare).toBeGreaterThan(DECODED_SHARE_MIN);
  expect(MUTATIONS.length).toBeGreaterThanOrEqual(10);
});

test("what asks for too much work in few bytes is refused, at any place of the message", async () => {
  const check = new ReceiverCheck(NOW_MS);
  // Fields that mean nothing, labels that are none, fields of a sample beyond its two.
  const [, unknown, , , , , , , , inRow, , , wideLabels, , inSample] = BULK_SHAPES;
  for (const shape of [unknown!, inRow!, wideLabels!, inSample!]) {
    const body = { mutation: "bulk", encoding: "zstd", bytes: zstdBytes(shape(8 << 20)) };
    const { code, faults } = await check.check(body);
    expect({ code, faults }).toEqual({ code: "storage.body-too-large", faults: [] });
  }
});

test("a kernel that reads one value wrong is noticed", async () => {
  const raw = encodeRequest(new ValidBodies(NOW_MS).next(Dice.of(1, 2)));
  const body = { mutation: "none", encoding: "snappy", bytes: snappyBytes(raw) };
  const honest = new ReceiverCheck(NOW_MS);
  expect((await honest.check(body)).faults).toEqual([]);
  expect(honest.contentFaults()).toEqual([]);
  expect(honest.storedSamples).toBeGreaterThan(0);
  const spoiled = new ReceiverCheck(NOW_MS, (decoded) => {
    decoded.valueWords[0] = decoded.valueWords[0]! ^ 1;
  });
  const { faults } = await spoiled.check(body);
  expect(faults).toEqual([expect.stringContaining("kernels give")]);
  expect(spoiled.contentFaults().length).toBeGreaterThan(0);
});
