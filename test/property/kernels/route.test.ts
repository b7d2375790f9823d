/**
 * Routing of rows to shards and logs: wasm kernel, twin and a dumb model deal out the same batches.
 *
 * Covers: src/kernels/route.ts, src/storage/packed-batch.ts, src/storage/append-slice.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { shardId, tenantId } from "#model/refs.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { packedShards, sliceBatches } from "#storage/packed-batch.ts";
import { RowRouter } from "#tsdb/receiver/row-router.ts";
import { FUZZ_RUNS } from "./kernel-pair.ts";

const SHARDS = 5;
const IDS = 12;
const logOf = (_: number, shard: number): number => shard % 2;
const ROWS_MAX = 40;
const SAMPLES_MAX = 200;
const limits = { pagesInitial: 4, pagesMax: 64 };
const module = kernelModule(loadKernels(GYRE_MODULE_URL));

/** Row: an identity and how many samples; identities 0-7 get a ref, the others do not. */
const rows = fc.array(fc.tuple(fc.nat(IDS), fc.nat(5)), { maxLength: ROWS_MAX });

function build(kernels: Kernels, given: readonly (readonly [number, number])[]): RowRouter {
  const take = (name: string, bytes: number): number => kernels.memory.allocate(name, bytes).offset;
  const at = {
    ids: take("ids", 4 * ROWS_MAX),
    sampleStarts: take("starts", 4 * (ROWS_MAX + 1)),
    times: take("times", 8 * SAMPLES_MAX),
    values: take("values", 8 * SAMPLES_MAX),
    table: take("table", 1 << 16),
  };
  const source = take("source", 16);
  kernels.calls.identityInit(at.table, 1 << 16, 1, 2);
  const { u32, u8 } = kernels.memory.views();
  for (let id = 0; id < IDS; id++) {
    u8[source] = id;
    expect(kernels.calls.identityInsert(at.table, 0, source, 1, 0)).toBe(id);
  }
  let sample = 0;
  for (const [row, [id, count]] of given.entries()) {
    // One past the last identity stands for a row that the table does not know.
    u32[at.ids / 4 + row] = id === IDS ? 0xffff_ffff : id;
    u32[at.sampleStarts / 4 + row] = sample;
    for (let i = 0; i < count; i++, sample++) {
      u32[at.times / 4 + 2 * sample] = sample;
      u32[at.values / 4 + 2 * sample] = 1000 + sample;
      // Bits of a signalling NaN, which arithmetic would change.
      u32[at.values / 4 + 2 * sample + 1] = 0x7ff0_0000 | (sample & 1);
    }
  }
  u32[at.sampleStarts / 4 + given.length] = sample;
  const shardLogs = new Uint16Array(SHARDS).map(logOf);
  const router = new RowRouter({ kernels, ...at, shardLogs });
  for (let shard = 0; shard < SHARDS; shard++) router.forgetRefs(shard, 70 + shard);
  for (let id = 0; id < 8; id++) router.setRef(id, id % SHARDS, 100 + id);
  router.place(8, shardId(1), 5);
  router.reject(9);
  router.startBody(given.length);
  return router;
}

/** What a whole body comes to: per shard `ref:time:value words`, and the rows that stopped it. */
function route(router: RowRouter, given: readonly (readonly [number, number])[]): string[] {
  const out: string[] = [];
  router.begin();
  while (router.budget > 0 && !router.run()) {
    const [id, count] = given[router.row]!;
    out.push(`stop row ${router.row} id ${id}`);
    router.skip(count, true);
  }
  router.pack();
  for (let log = 0; log < router.logCount; log++) {
    const packed = router.packOf(log);
    const slice = { tenant: tenantId(0), isHistory: false, packed, batches: [] };
    const batches = sliceBatches(slice);
    expect(packedShards(packed)).toEqual(batches.map(({ shard }) => shard));
    for (const { shard, generation, series, timestamps, values } of batches) {
      expect([log, generation]).toEqual([logOf(0, shard), 70 + shard]);
      const times = new Uint32Array(timestamps.slice().buffer);
      const words = new Uint32Array(values.slice().buffer);
      for (const [i, ref] of series.entries()) {
        out.push(`${shard} ${ref}:${times[2 * i]}:${words[2 * i]}:${words[2 * i + 1]}`);
      }
    }
  }
  return out;
}

function modelOf(given: readonly (readonly [number, number])[]): string[] {
  const stops: string[] = [];
  const shards = new Map<number, string[]>();
  let sample = 0;
  for (const [row, [id, count]] of given.entries()) {
    if (id >= 8) stops.push(`stop row ${row} id ${id}`);
    for (let i = 0; i < count; i++, sample++) {
      if (id >= 8) continue;
      const shard = id % SHARDS;
      const line = `${shard} ${100 + id}:${sample}:${1000 + sample}:${0x7ff0_0000 | (sample & 1)}`;
      shards.set(shard, [...(shards.get(shard) ?? []), line]);
    }
  }
  const byLog = [...shards].toSorted(([a], [b]) => logOf(0, a) - logOf(0, b));
  return [...stops, ...byLog.flatMap(([, lines]) => lines)];
}

test("kernel and twin deal rows out as the model does", () => {
  fc.assert(
    fc.property(rows, (given) => {
      const want = modelOf(given);
      for (const kernels of [instantiateKernels(module, limits), instantiateTwins(limits)]) {
        expect(route(build(kernels, given), given)).toEqual(want);
      }
    }),
    { numRuns: Math.min(FUZZ_RUNS, 300) },
  );
});

test("forgotten refs of a shard stop its rows and no others", () => {
  for (const kernels of [instantiateKernels(module, limits), instantiateTwins(limits)]) {
    const given = Array.from({ length: 8 }, (_, id) => [id, 1] as const);
    const router = build(kernels, given);
    router.forgetRefs(2, 72);
    const stops = route(router, given).filter((line) => line.startsWith("stop"));
    expect(stops).toEqual(["stop row 2 id 2", "stop row 7 id 7"]);
  }
});
