/**
 * A believable fleet for ingest benchmarks: `instances` hosts with 1,000 node_exporter-like series
 * each, 9 target labels plus the metric's own, values that move as such metrics do (integer
 * counters, two-decimal counters and gauges, page-sized gauges, constants). Seeded: same options,
 * same bytes.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";

export interface ProfileSeries {
  /** Sorted by name. */
  readonly labels: readonly (readonly [string, string])[];
  readonly kind: ValueKind;
}

export type ValueKind = "integer-counter" | "counter" | "gauge" | "page-gauge" | "constant";

export const SERIES_PER_INSTANCE = 1000;
const EXPORTER_PORT = 9100;

const CPU_MODES = ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"];
const REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2"];
const DISK_COUNTERS = [
  "read_bytes_total",
  "written_bytes_total",
  "reads_completed_total",
  "writes_completed_total",
  "reads_merged_total",
  "writes_merged_total",
  "flush_requests_total",
  "discarded_sectors_total",
];
const DISK_SECONDS = ["read_time", "write_time", "io_time", "io_time_weighted"];
const NET_COUNTERS = ["bytes", "packets", "errs", "drop", "fifo", "compressed", "multicast"];
const FS_GAUGES = ["size_bytes", "free_bytes", "avail_bytes", "files", "files_free", "readonly"];
const MEMORY_WORDS = ["Active", "Inactive", "Cached", "Buffers", "SwapFree", "Dirty", "Slab"];

interface Template {
  readonly name: string;
  readonly own: Labels;
  readonly kind: ValueKind;
}

type Labels = readonly (readonly [string, string])[];

function templates(): readonly Template[] {
  const list: Template[] = [];
  const add = (name: string, own: Template["own"], kind: ValueKind): void => {
    list.push({ name, own, kind });
  };
  for (let cpu = 0; cpu < 32; cpu++) {
    for (const mode of CPU_MODES) {
      const kind = mode === "irq" || mode === "nice" || mode === "steal" ? "constant" : "counter";
      add(
        "node_cpu_seconds_total",
        [
          ["cpu", String(cpu)],
          ["mode", mode],
        ],
        kind,
      );
    }
  }
  for (let disk = 0; disk < 16; disk++) {
    const own = [["device", `nvme${disk}n1`]] as const;
    for (const name of DISK_COUNTERS) {
      const kind = name.startsWith("discard") ? "constant" : "integer-counter";
      add(`node_disk_${name}`, own, kind);
    }
    for (const name of DISK_SECONDS) add(`node_disk_${name}_seconds_total`, own, "counter");
    add("node_disk_io_now", own, "gauge");
    add("node_disk_info", own, "constant");
  }
  for (let net = 0; net < 12; net++) {
    const own = [["device", net < 6 ? `eth${net}` : `veth${(net * 7919).toString(16)}`]] as const;
    for (const name of NET_COUNTERS) {
      const kind = name === "bytes" || name === "packets" ? "integer-counter" : "constant";
      add(`node_network_receive_${name}_total`, own, kind);
      add(`node_network_transmit_${name}_total`, own, kind);
    }
  }
  for (let fs = 0; fs < 12; fs++) {
    const own = [
      ["device", `/dev/mapper/vg${fs >> 2}-lv${fs}`],
      ["fstype", fs % 2 === 0 ? "xfs" : "ext4"],
      ["mountpoint", `/var/lib/volumes/data${fs}`],
    ] as const;
    for (const name of FS_GAUGES) {
      add(`node_filesystem_${name}`, own, /free|avail/.test(name) ? "page-gauge" : "constant");
    }
  }
  const kinds: readonly ValueKind[] = ["gauge", "page-gauge", "gauge", "integer-counter", "gauge"];
  for (let i = 0; list.length < SERIES_PER_INSTANCE; i++) {
    const word = MEMORY_WORDS[i % MEMORY_WORDS.length]!;
    const group = i % 5 < 2 ? "memory" : "vmstat";
    add(`node_${group}_${word}_${i}`, [], kinds[i % 5]!);
  }
  return list.slice(0, SERIES_PER_INSTANCE);
}

export function fleet(instances: number): readonly ProfileSeries[] {
  return Array.from({ length: instances * SERIES_PER_INSTANCE }, (_, id) => profileSeries(id, 0));
}

/** Series `id` of an endless fleet; a host of another `life` is a new instance of the same kind. */
export function profileSeries(id: number, life: number): ProfileSeries {
  const host = Math.floor(id / SERIES_PER_INSTANCE);
  const { name, own, kind } = HOST_TEMPLATES[id % SERIES_PER_INSTANCE]!;
  const labels = [["__name__", name] as const, ...targetLabels(host, EXPORTER_PORT + life), ...own];
  return { labels: labels.toSorted((a, b) => (a[0] < b[0] ? -1 : 1)), kind };
}

const HOST_TEMPLATES: readonly Template[] = templates();

function targetLabels(i: number, port: number): Labels {
  return [
    ["cluster", `prod-k8s-${i % 8}`],
    ["datacenter", `dc${(i % 3) + 1}`],
    ["env", "production"],
    ["instance", `10.${i >> 8}.${i & 255}.17:${port}`],
    ["job", "node-exporter"],
    ["pool", `general-purpose-${i % 5}`],
    ["rack", `r${100 + (i % 40)}`],
    ["region", REGIONS[i % 4]!],
  ];
}

/** The values of a fleet, moving one scrape at a time. */
export class FleetValues {
  readonly #kinds: readonly ValueKind[];
  readonly values: Float64Array;
  readonly #random: SeededRandom;

  constructor(series: readonly ProfileSeries[], seed: number) {
    this.#kinds = series.map(({ kind }) => kind);
    this.values = new Float64Array(series.length);
    this.#random = new SeededRandom(seed);
    for (const [i, kind] of this.#kinds.entries()) this.values[i] = this.#first(kind);
  }

  /** Moves every series by one scrape. */
  step(): void {
    for (let i = 0; i < this.values.length; i++) {
      this.values[i] = this.#next(this.#kinds[i]!, this.values[i]!);
    }
  }

  #first(kind: ValueKind): number {
    const draw = this.#random.float();
    switch (kind) {
      case "integer-counter":
        return Math.floor(draw * 1e9 * (this.#random.float() < 0.5 ? 1 : 1000));
      case "counter":
        return Math.round(draw * 1e7) / 100;
      case "gauge":
        return Math.round(draw * 10_000) / 100;
      case "page-gauge":
        return Math.floor(draw * 1e7) * 4096;
      case "constant":
        return draw < 0.6 ? 0 : [1, 1500, 1.25e9, 65_536, 4098][Math.floor(draw * 5)]!;
    }
  }

  #next(kind: ValueKind, value: number): number {
    const random = this.#random;
    const moves = random.float();
    switch (kind) {
      case "integer-counter":
        return moves < 0.8 ? value + Math.floor(random.float() * random.float() * 5000) : value;
      case "counter":
        return moves < 0.85 ? Math.round((value + random.float() * 10) * 100) / 100 : value;
      case "gauge":
        return moves < 0.7 ? Math.round((value + (random.float() - 0.5) * 4) * 100) / 100 : value;
      case "page-gauge":
        return moves < 0.6 ? value + Math.floor((random.float() - 0.5) * 2000) * 4096 : value;
      case "constant":
        return value;
    }
  }
}
