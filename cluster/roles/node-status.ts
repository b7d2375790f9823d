/**
 * What any listener can tell about the whole node, from shared memory: readiness and metrics. The
 * thread that is asked renders the counters of all threads beside its own.
 */
import type { StatusDoor } from "#http/doors.ts";
import { renderExposition } from "#runtime/metrics/exposition-text.ts";
import type { MetricRegistry } from "#runtime/metrics/metric-registry.ts";
import { collectSharedCounters } from "#runtime/metrics/shared-counters.ts";
import { createProcessMetrics } from "#runtime/node/process-metrics.ts";
import { collectScrubCounters } from "./jobs/scrub-counters.ts";
import { collectKeeperCounters } from "./keeper/keeper-counters.ts";
import { NODE_COUNTERS } from "./node-counters.ts";
import { NODE_READY, NODE_STARTING } from "./node-memory.ts";
import type { NodeMemory } from "./node-memory.ts";

export class NodeStatus implements StatusDoor {
  readonly #state: Int32Array;
  readonly #registry: MetricRegistry;

  constructor(memory: NodeMemory, registry: MetricRegistry) {
    this.#state = new Int32Array(memory.state);
    this.#registry = registry;
    const workers = memory.bells.map((_, i) => String(i));
    registry.addCollector(() =>
      collectSharedCounters(NODE_COUNTERS, memory.counters, "worker", workers),
    );
    registry.addCollector(() => collectKeeperCounters(memory.keeperCounters, workers));
    registry.addCollector(() => collectScrubCounters(memory.scrubCounters));
    registry.addCollector(createProcessMetrics());
  }

  notReady(): string | null {
    const state = Atomics.load(this.#state, 0);
    if (state === NODE_READY) return null;
    return state === NODE_STARTING ? "starting" : "stopping";
  }

  async metricsText(): Promise<string> {
    return renderExposition(this.#registry.collect());
  }
}
