/**
 * The API of a query worker: the engine with the configuration's limits over all shards, and what
 * the status pages tell of the node.
 */
import { availableParallelism } from "node:os";
import type { GyreConfig } from "#config/gyre-config.ts";
import { configTexts, configYaml } from "#config/config-text.ts";
import { ApiRouter } from "#http/api-v1/api-router.ts";
import type { ApiDoor } from "#http/doors.ts";
import type { StatusFacts } from "#http/api-v1/status-facts.ts";
import { Engine } from "#promql/engine.ts";
import type { LeafSource } from "#promql/leaf/leaf-source.ts";
import type { QueryFeatures } from "#promql/query-options.ts";
import type { HeadStatusSource } from "#query/head-status/head-status.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { ExemplarSource } from "#storage/exemplar.ts";
import type { MetadataSource } from "#storage/metric-metadata.ts";
import type { Queryable } from "#storage/queryable.ts";
import type { SnapshotAdmin } from "#storage/snapshot-admin.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";

export interface ApiOptions {
  readonly config: GyreConfig;
  readonly queryable: Queryable & LeafSource & ExemplarSource & MetadataSource;
  readonly admin: SeriesAdmin;
  readonly snapshots: SnapshotAdmin;
  readonly headStatus: HeadStatusSource;
  readonly startMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly yieldTurn: () => Promise<void>;
}

export function createApi(options: ApiOptions): ApiDoor {
  const { config, queryable, clock, logger, version, yieldTurn } = options;
  const { query } = config;
  const engine = new Engine({
    queryable,
    leaves: queryable,
    clock,
    yieldTurn,
    features: featuresOf(config),
    limits: {
      samplesMax: query.samplesMax,
      seriesMax: query.seriesMax,
      bytesMax: query.bytesMax,
      timeoutMs: query.timeoutMs,
    },
    lookbackMs: query.lookbackDeltaMs,
    defaultSubqueryStepMs: query.defaultSubqueryStepMs,
  });
  const { timeoutMs, pointsPerSeriesMax } = query;
  const { headStatus } = options;
  const isAdminOn = config.http.adminApi === "on";
  const admin = isAdminOn ? options.admin : null;
  const snapshots = isAdminOn ? options.snapshots : null;
  const sources = { queryable, exemplars: queryable, metadata: queryable, headStatus };
  const facts = factsOf(config, options.startMs);
  const limits = { timeoutMs, pointsPerSeriesMax };
  return new ApiRouter(
    { engine, ...sources, admin, snapshots, facts, clock, ...limits, version, yieldTurn },
    logger,
  );
}

function factsOf(config: GyreConfig, startMs: number): StatusFacts {
  const { threads } = config;
  return {
    flags: configTexts(config),
    configYaml: configYaml(config),
    startMs,
    folder: process.cwd(),
    // The main thread, and a log thread beside each shard worker.
    threadCount: 1 + 2 * threads.shardWorkers + threads.queryWorkers,
    coreCount: availableParallelism(),
    retention: configTexts(config)["storage.retentionRaw"] ?? "",
  };
}

function featuresOf({ features }: GyreConfig): QueryFeatures {
  return {
    delayedNameRemoval: features.includes("promql-delayed-name-removal"),
    // On in a stock server; the flag is accepted and changes nothing.
    durationExpressions: true,
    experimentalFunctions: features.includes("promql-experimental-functions"),
    extendedRangeSelectors: features.includes("promql-extended-range-selectors"),
    binaryFill: features.includes("promql-binop-fill-modifiers"),
    startTimestamps: features.includes("use-start-timestamps"),
    typeAndUnitLabels: features.includes("type-and-unit-labels"),
  };
}
