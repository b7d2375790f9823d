/**
 * `node slot-node.ts serve --listen ADDR --data DIR`: the node of the slot variant. One edge thread
 * listens; shard workers, logs and everything behind the receivers are the product's own parts,
 * started in the product's order.
 */
import { runCli } from "#cli/cli.ts";
import { nodeCliDeps } from "#cli/node-cli-deps.ts";
import { createNodePageTools } from "#cluster/roles/node-page-tools.ts";
import { openDataFolder } from "#cluster/roles/data-folder.ts";
import type { DataFolder } from "#cluster/roles/data-folder.ts";
import { allocateNodeMemory, NODE_READY } from "#cluster/roles/node-memory.ts";
import type { NodeMemory } from "#cluster/roles/node-memory.ts";
import type { OpenedLog, ShardWorkerInit } from "#cluster/roles/shard-worker-contract.ts";
import { LOG_THREAD_URL } from "#cluster/roles/worker-urls.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { GYRE_MODULE_URL, kernelModule } from "#kernels/kernel-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import { spawnWorker } from "#runtime/node/spawn-worker.ts";
import { onStopSignals } from "#runtime/node/stop-signals.ts";
import { WorkerClient } from "#runtime/worker/worker-client.ts";
import { logStatusOf } from "#tsdb/wal/log-channel.ts";
import { LOG_STARTING } from "#tsdb/wal/log-status.ts";
import { allocateSlotMemory } from "./slot-memory.ts";
import type { SlotEdgeContract, SlotWorkerContract } from "./slot-worker-contract.ts";

const SHARD_URL = new URL("./slot-shard-worker.ts", import.meta.url);
const EDGE_URL = new URL("./slot-edge-thread.ts", import.meta.url);
const LOG_START_MS_MAX = 30_000;

function shardInits(
  config: GyreConfig,
  folder: DataFolder,
  memory: NodeMemory,
): readonly ShardWorkerInit[] {
  const { shardWorkers } = config.threads;
  const kernels = kernelModule(loadKernels(GYRE_MODULE_URL));
  const headKernel = kernelModule(loadKernels(HEAD_MODULE_URL));
  const logWorkers = Uint16Array.from({ length: folder.logCount }, (_, log) => log % shardWorkers);
  return Array.from({ length: shardWorkers }, (_, index) => ({
    index,
    config,
    memory,
    kernels,
    headKernel,
    clusterUuid: folder.clusterUuid,
    epoch: folder.bootCount,
    placement: folder.placement,
    shardLogs: folder.shardLogs,
    logWorkers,
    canaries: { skipSync: false, ackEarly: false },
  }));
}

function startLog(
  config: GyreConfig,
  folder: DataFolder,
  memory: NodeMemory,
  opened: OpenedLog,
): Promise<number> {
  const { logId, recovery } = opened;
  const data = {
    data: config.data,
    identity: { clusterUuid: folder.clusterUuid, logId },
    channel: memory.logs[logId]!,
    resume: recovery.resume,
    unsafeSkipSync: false,
  };
  return spawnWorker(LOG_THREAD_URL, { name: `log-${logId}`, data }).exited;
}

async function serve(config: GyreConfig): Promise<number> {
  await using folder = await openDataFolder(config);
  const stopped = Promise.withResolvers<string>();
  const signals = onStopSignals((signal) => stopped.resolve(signal));
  const memory = allocateNodeMemory(
    config.threads.shardWorkers,
    folder.logCount,
    folder.shardLogs.length,
  );
  const slotMemory = allocateSlotMemory(config.threads.shardWorkers);
  const shards = shardInits(config, folder, memory).map((init) => {
    const worker = spawnWorker(SHARD_URL, {
      name: `shard-${init.index}`,
      data: { init, slotMemory },
    });
    return { worker, client: new WorkerClient<SlotWorkerContract>("shard", worker.link) };
  });
  const opened = await Promise.all(shards.map(({ client }) => client.call("open", null)));
  const logs = opened.flat().map((log) => startLog(config, folder, memory, log));
  await Promise.all(
    memory.logs.map((log) => logStatusOf(log).whenChanged(LOG_STARTING, LOG_START_MS_MAX)),
  );
  await Promise.all(shards.map(({ client }) => client.call("start", null)));
  const edge = spawnWorker(EDGE_URL, { name: "edge", data: { config, memory, slotMemory } });
  const edgeClient = new WorkerClient<SlotEdgeContract>("edge", edge.link);
  await edgeClient.call("listen", null);
  Atomics.store(new Int32Array(memory.state), 0, NODE_READY);
  await stopped.promise;
  await edgeClient.call("drain", null);
  await Promise.all(shards.map(({ client }) => client.call("close", null)));
  await Promise.all(logs);
  await Promise.all([edge, ...shards.map(({ worker }) => worker)].map((one) => one.terminate()));
  signals.close();
  return 0;
}

process.exitCode = await runCli(
  process.argv.slice(2),
  nodeCliDeps("bench", serve, () => createNodePageTools("fast")),
);
