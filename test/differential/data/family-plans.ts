/**
 * The families every data set draws its series from: names, label values, kinds. Label values are
 * chosen so that joins on (job, instance) work and so that label functions have something to match.
 */
import type { FamilyKind } from "./data-set.ts";

export interface FamilyPlan {
  readonly name: string;
  readonly kind: FamilyKind;
  /** Values by label; the series are their product. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** Share of the product that exists. */
  readonly keep: number;
  /** A label with one of these values besides, or without it. */
  readonly extra?: { readonly name: string; readonly values: readonly string[] };
  /** Only a few samples, far apart. */
  readonly isSparse?: boolean;
}

const JOB = ["api", "web"];
const INSTANCE = ["a:9090", "b:9090", "c:9090"];
const TARGET = { job: JOB, instance: INSTANCE };

const PATHS = ["/", "/api/v1/query", "/a b", "/é/日本", "line\nbreak"];
const VERSIONS = ["1.2.3", "1.10.0", "2.0.0-rc.1"];

export const FLOAT_PLANS: readonly FamilyPlan[] = [
  {
    name: "http_requests_total",
    kind: "counter",
    labels: { ...TARGET, code: ["200", "404", "500"] },
    keep: 0.9,
  },
  { name: "errors_total", kind: "counter", labels: TARGET, keep: 0.7 },
  { name: "memory_bytes", kind: "gauge", labels: { ...TARGET, area: ["heap", "stack"] }, keep: 1 },
  {
    name: "temperature",
    kind: "gauge",
    labels: { zone: ["1", "2", "10"], side: ["in", "out"] },
    keep: 0.9,
  },
  { name: "limit", kind: "gauge", labels: { job: JOB }, keep: 1 },
  { name: "up", kind: "bool", labels: TARGET, keep: 1 },
  {
    name: "build_info",
    kind: "info",
    labels: TARGET,
    keep: 1,
    extra: { name: "version", values: VERSIONS },
  },
  {
    name: "target_info",
    kind: "info",
    labels: TARGET,
    keep: 0.9,
    extra: { name: "version", values: VERSIONS },
  },
  { name: "odd_values", kind: "odd", labels: { id: ["1", "2", "3", "4", "5"] }, keep: 1 },
  { name: "sparse", kind: "gauge", labels: { id: ["1", "2", "3"] }, keep: 1, isSparse: true },
  { name: "text:values", kind: "gauge", labels: { path: PATHS, node: ["node-2"] }, keep: 1 },
  { name: "shapes", kind: "gauge", labels: { a: ["1", "2", ""], b: ["1", ""] }, keep: 0.9 },
  { name: "clock_seconds", kind: "clock", labels: { zone: ["1", "2"] }, keep: 1 },
  { name: "lonely", kind: "gauge", labels: {}, keep: 0.9 },
];

export const BUCKET_PLAN: FamilyPlan = {
  name: "latency_seconds",
  kind: "bucket",
  labels: { job: JOB, instance: ["a:9090", "b:9090"] },
  keep: 1,
};

export const NATIVE_PLANS: readonly FamilyPlan[] = [
  { name: "native_seconds", kind: "native", labels: TARGET, keep: 0.9 },
  { name: "custom_seconds", kind: "native", labels: { ...TARGET, custom: ["1"] }, keep: 0.7 },
  { name: "queue_sizes", kind: "native-gauge", labels: { job: JOB }, keep: 1 },
  { name: "wide_seconds", kind: "native-wide", labels: TARGET, keep: 0.6 },
  { name: "mixed_seconds", kind: "mixed", labels: { id: ["1", "2", "3"] }, keep: 1 },
];
