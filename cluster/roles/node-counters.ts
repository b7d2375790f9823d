/**
 * What the worker threads count, in shared memory that any thread can render. One row per shard
 * worker; the names are the node's public metrics.
 */
import { defineSharedCounters } from "#runtime/metrics/shared-counters.ts";
import type { SharedCounterTable } from "#runtime/metrics/shared-counters.ts";

type NodeCounter =
  | "bodies"
  | "samplesReceived"
  | "samplesWritten"
  | "samplesRejected"
  | "seriesSeen"
  | "exemplarsReceived"
  | "exemplarsWritten"
  | "limitedSamples"
  | "limitedSeries"
  | "requestsOpen"
  | "parts"
  | "partsForwarded"
  | "identityBytes"
  | "series"
  | "samplesHeld"
  | "exemplarsHeld"
  | "metricsDescribed"
  | "headUsedBytes"
  | "headReservedBytes"
  | "recordsUnflushed"
  | "logDurableBytes"
  | "logWritable"
  | "shardsFaulted"
  | "shardsIncomplete";

export const NODE_COUNTERS: SharedCounterTable<NodeCounter> = defineSharedCounters<NodeCounter>({
  bodies: {
    name: "gyre_ingest_bodies_total",
    help: "Write requests decoded.",
    type: "counter",
  },
  samplesReceived: {
    name: "gyre_ingest_samples_received_total",
    help: "Samples in decoded write requests.",
    type: "counter",
  },
  samplesWritten: {
    name: "gyre_ingest_samples_written_total",
    help: "Samples that were durable when their request was answered.",
    type: "counter",
  },
  samplesRejected: {
    name: "gyre_ingest_samples_rejected_total",
    help: "Samples refused by name in the answer to their request.",
    type: "counter",
  },
  seriesSeen: {
    name: "gyre_ingest_identities_total",
    help: "Label sets that a receiver resolved for the first time.",
    type: "counter",
  },
  exemplarsReceived: {
    name: "gyre_ingest_exemplars_received_total",
    help: "Exemplars in write requests.",
    type: "counter",
  },
  exemplarsWritten: {
    name: "gyre_ingest_exemplars_written_total",
    help: "Exemplars acknowledged as stored, repeated ones included.",
    type: "counter",
  },
  limitedSamples: {
    name: "gyre_limits_samples_refused_total",
    help: "Samples refused because their tenant sent more per second than it may.",
    type: "counter",
  },
  limitedSeries: {
    name: "gyre_limits_series_refused_total",
    help: "Label sets refused because their tenant has as many series as it may.",
    type: "counter",
  },
  requestsOpen: {
    name: "gyre_ingest_requests_open",
    help: "Write requests that wait for stable storage.",
    type: "gauge",
  },
  parts: {
    name: "gyre_ingest_parts_total",
    help: "Pieces that bodies were cut into: one per slice and log.",
    type: "counter",
  },
  partsForwarded: {
    name: "gyre_ingest_parts_forwarded_total",
    help: "Pieces sent to logs of another worker.",
    type: "counter",
  },
  identityBytes: {
    name: "gyre_ingest_identity_bytes",
    help: "Memory of the receivers' identity caches.",
    type: "gauge",
  },
  series: { name: "gyre_head_series", help: "Series in memory.", type: "gauge" },
  samplesHeld: { name: "gyre_head_samples", help: "Samples in memory.", type: "gauge" },
  exemplarsHeld: { name: "gyre_storage_exemplars", help: "Exemplars kept.", type: "gauge" },
  metricsDescribed: {
    name: "gyre_storage_described_metrics",
    help: "Metrics with metadata; a shard takes 8,192.",
    type: "gauge",
  },
  headUsedBytes: {
    name: "gyre_head_used_bytes",
    help: "Head memory that holds data.",
    type: "gauge",
  },
  headReservedBytes: {
    name: "gyre_head_reserved_bytes",
    help: "Head memory taken from the system.",
    type: "gauge",
  },
  recordsUnflushed: {
    name: "gyre_head_unflushed_records",
    help: "Log records whose samples are in no block yet; a restart replays them.",
    type: "gauge",
  },
  logDurableBytes: {
    name: "gyre_log_durable_bytes_total",
    help: "Log bytes known to be on stable storage since start.",
    type: "counter",
  },
  shardsFaulted: {
    name: "gyre_shards_faulted",
    help: "Shards out of service: a failed assertion, or lost parts that a restart did not find.",
    type: "gauge",
  },
  shardsIncomplete: {
    name: "gyre_shards_incomplete",
    help: "Shards of which records are neither in blocks nor in the log; the rest is served.",
    type: "gauge",
  },
  logWritable: {
    name: "gyre_log_writable",
    help: "1 while the log accepts records, 0 after a write or sync error.",
    type: "gauge",
  },
});
