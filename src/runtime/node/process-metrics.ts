/**
 * Figures of the process itself under the names every Prometheus dashboard knows (`process_*`), and
 * of Node (`nodejs_*`). Computed at the scrape; the event-loop delay is sampled in between and
 * starts anew with each scrape.
 */
import { readdirSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { MetricFamily, MetricType } from "../metrics/metric-snapshot.ts";

/** Sampling period of the loop delay: finer costs more than it tells. */
const LOOP_DELAY_RESOLUTION_MS = 10;

/** A collector for the registry of the main thread. */
export function createProcessMetrics(): () => readonly MetricFamily[] {
  const startedAtSeconds = Date.now() / 1000 - process.uptime();
  const delay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });
  delay.enable();
  const maxFds = openFileLimit();
  return () => {
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    const loopDelayMax = Math.max(0, delay.max) / 1e9;
    const loopDelayP99 = Math.max(0, delay.percentile(99)) / 1e9;
    delay.reset();
    return [
      one("process_cpu_seconds_total", "CPU time used.", "counter", (cpu.user + cpu.system) / 1e6),
      one("process_resident_memory_bytes", "Resident memory.", "gauge", memory.rss),
      one("process_start_time_seconds", "Start time, Unix.", "gauge", startedAtSeconds),
      ...countOpenFds().map((count) =>
        one("process_open_fds", "Open file descriptors.", "gauge", count),
      ),
      ...maxFds.map((count) =>
        one("process_max_fds", "Limit of open file descriptors.", "gauge", count),
      ),
      one("nodejs_heap_used_bytes", "Used JavaScript heap.", "gauge", memory.heapUsed),
      one("nodejs_external_memory_bytes", "Memory of buffers.", "gauge", memory.external),
      one("nodejs_eventloop_delay_max_seconds", "Longest delay.", "gauge", loopDelayMax),
      one("nodejs_eventloop_delay_p99_seconds", "Delay, 99 %.", "gauge", loopDelayP99),
    ];
  };
}

function one(name: string, help: string, type: MetricType, value: number): MetricFamily {
  return { name, help, type, samples: [{ suffix: "", labels: [], value }] };
}

/** Empty where /proc is missing. */
function countOpenFds(): readonly number[] {
  try {
    return [readdirSync("/proc/self/fd").length];
  } catch {
    return [];
  }
}

function openFileLimit(): readonly number[] {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
    return line === null ? [] : [Number(line[1])];
  } catch {
    return [];
  }
}
