// Covers: src/query/fanout/fanout-snapshots.ts, src/storage/snapshot-admin.ts
import { expect, test } from "vitest";
import { FanoutSnapshots } from "#query/fanout/fanout-snapshots.ts";
import type { SelectContract } from "#query/fanout/select-contract.ts";
import { serveSelections } from "#query/fanout/select-host.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { linkedPair } from "#test/support/linked-pair.ts";
import { FakeScope, NOW_MS, textOf } from "./fake-scope.ts";

const TAKE = "/api/v1/admin/tsdb/snapshot";

class Rig {
  readonly scope = new FakeScope();
  readonly told: string[] = [];
  /** Worker that cannot do its part. */
  broken = -1;

  constructor() {
    const clients = [0, 1].map((worker) => {
      const [near, far] = linkedPair();
      serveSelections(far, {
        views: () => ({ views: [], failed: [] }),
        stores: () => [],
        pause: () => Promise.resolve(),
        clock: { wallMs: () => 0, monoMs: () => 0 },
        shardCount: 64,
        onDamaged: () => {},
        admin: { deleteSeries: async () => {}, cleanTombstones: async () => {} },
        takeSnapshot: async (_name, withHeads) => {
          this.told.push(`${worker} ${withHeads ? "all" : "blocks"}`);
          if (this.broken === worker) throw new Error("no");
        },
      });
      return new WorkerClient<SelectContract>(`worker ${worker}`, near);
    });
    const names = new Set<string>();
    this.scope.snapshots = new FanoutSnapshots({
      clients,
      store: {
        begin: async () => void this.told.push("begin"),
        finish: async (name) => {
          this.told.push("finish");
          names.add(name);
        },
        discard: async () => void this.told.push("discard"),
        list: async () => [...names],
        remove: async (name) => names.delete(name),
      },
      clock: { wallMs: () => NOW_MS, monoMs: () => 0 },
      random: new SeededRandom(1),
    });
  }

  async ask(path: string, params = ""): Promise<unknown> {
    return JSON.parse(textOf(await this.scope.handle(path, params)));
  }
}

test("a snapshot is finished when every worker has done its part", async () => {
  const rig = new Rig();
  const answer = (await rig.ask(TAKE)) as { data: { name: string } };
  expect(answer).toEqual({ status: "success", data: { name: answer.data.name } });
  expect(answer.data.name).toMatch(/^20231114T221320Z-[0-9a-f]{16}$/);
  expect(rig.told).toEqual(["begin", "0 all", "1 all", "finish"]);
  await rig.ask(TAKE, "skip_head=true");
  expect(rig.told.slice(4)).toEqual(["begin", "0 blocks", "1 blocks", "finish"]);
  expect(await rig.ask(TAKE, "skip_head=maybe")).toMatchObject({ errorType: "bad_data" });
});

test("what one worker cannot do leaves nothing", async () => {
  const rig = new Rig();
  rig.broken = 1;
  expect(await rig.ask(TAKE)).toMatchObject({ status: "error" });
  expect(rig.told).toEqual(["begin", "0 all", "1 all", "discard"]);
  expect(await rig.ask("/snapshot/list")).toEqual({ status: "ok", snapshots: [] });
});

test("snapshots are created, listed and deleted by the names of VictoriaMetrics", async () => {
  const rig = new Rig();
  const { status, snapshot } = (await rig.ask("/snapshot/create")) as Record<string, string>;
  expect(status).toBe("ok");
  expect(await rig.ask("/snapshot/list")).toEqual({ status: "ok", snapshots: [snapshot] });
  expect(await rig.ask("/snapshot/delete", `snapshot=${snapshot}`)).toEqual({ status: "ok" });
  expect(await rig.ask("/snapshot/delete", `snapshot=${snapshot}`)).toMatchObject({
    status: "error",
  });
});

test("all of it is refused while the admin API is off", async () => {
  const scope = new FakeScope();
  for (const path of [TAKE, "/snapshot/create", "/snapshot/list", "/snapshot/delete"]) {
    expect((await scope.handle(path, "")).status).toBe(403);
  }
});
