/**
 * Damage to a block at rest: a flipped bit anywhere is named when it is met, or changes no answer.
 * Covers: src/tsdb/block/block-file.ts, src/tsdb/block/block-verify.ts
 */
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { EngineError } from "#base/engine-error.ts";
import { tenantId } from "#model/refs.ts";
import { BlockRig, expectedOf, plainOf, scrapedSeries } from "#test/support/block-rig.ts";
import { DiskModel, type DiskSnapshot } from "./disk-model.ts";

const path = "shards/00003/blocks/0000000001.blk";
const series = [...scrapedSeries(3, 7, 30), ...scrapedSeries(1, 3, 10, { tenant: 4 })];
const want = expectedOf(series);

async function blockOf(): Promise<DiskSnapshot> {
  const model = new DiskModel();
  await new BlockRig({ model }).write(series);
  return model.liveSnapshot();
}

function changed(snapshot: DiskSnapshot, bytes: Uint8Array): BlockRig {
  return new BlockRig({ model: DiskModel.from(new Map(snapshot).set(path, bytes)) });
}

/** Whether a whole read and a selection give the right answer, or the name of the damage. */
async function answer(rig: BlockRig): Promise<"right" | "wrong" | "named"> {
  try {
    const all = await rig.readAll();
    const reader = await rig.open();
    const chosen = await reader.select(tenantId(4), [{ name: "job", kind: "=", value: "node" }]);
    const range = { minMs: 0, maxMs: 60_000 };
    const some = await plainOf(await reader.read(chosen, range));
    const right = want
      .filter(({ tenant, labels }) => tenant === 4 && labels["job"] === "node")
      .map((one) => ({ ...one, samples: one.samples.filter(([at]) => at <= 60_000) }));
    const isRight = isDeepStrictEqual(all, want) && isDeepStrictEqual(some, right);
    return isRight ? "right" : "wrong";
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    expect(error.message).toMatch(/^cannot read shards\/00003\/blocks\/0000000001.blk: ./);
    return "named";
  }
}

/** Whether a whole verification names damage. */
async function isNoticed(rig: BlockRig): Promise<boolean> {
  const reader = await rig.open();
  return await reader.verify().then(
    () => false,
    () => true,
  );
}

test("a flipped bit is named or harmless, and a whole read finds every one", async () => {
  const snapshot = await blockOf();
  const golden = snapshot.get(path)!;
  let named = 0;
  for (let at = 0; at < golden.length; at += 7) {
    const bytes = golden.slice();
    bytes[at]! ^= 1 << (at % 8);
    const rig = changed(snapshot, bytes);
    const got = await answer(rig);
    expect(got, `byte ${at}`).not.toBe("wrong");
    if (got === "named" || (await isNoticed(rig))) named++;
    // Only the zeros between pages and sections are nobody's.
    else expect(golden[at], `byte ${at}`).toBe(0);
  }
  expect(named).toBeGreaterThan((golden.length / 7) * 0.9);
});

test("a short, empty, swapped or foreign file is named", async () => {
  const snapshot = await blockOf();
  const golden = snapshot.get(path)!;
  for (let length = 0; length < golden.length; length += 7) {
    expect(await answer(changed(snapshot, golden.slice(0, length)))).toBe("named");
  }
  const grown = new Uint8Array(golden.length + 8);
  grown.set(golden);
  expect(await answer(changed(snapshot, grown))).toBe("named");
  expect(await answer(changed(snapshot, golden.slice().fill(0)))).toBe("named");
  const model = new DiskModel();
  await new BlockRig({ model }).write(series, { blockId: 2 });
  const other = model.liveSnapshot().get("shards/00003/blocks/0000000002.blk")!;
  expect(await answer(changed(snapshot, other))).toBe("named");
});

test("pages that change places are named", async () => {
  const snapshot = await blockOf();
  const golden = snapshot.get(path)!;
  const rig = changed(snapshot, golden);
  const reader = await rig.open();
  const { pages: tables } = await reader.index();
  const pages = tables[0]!;
  expect(pages.pageCount).toBeGreaterThan(2);
  const bytes = golden.slice();
  bytes.set(golden.subarray(pages.offset(1), pages.offset(1) + pages.length(1)), pages.offset(0));
  expect(await answer(changed(snapshot, bytes))).toBe("named");
});
