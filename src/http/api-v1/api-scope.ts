/** What the endpoints of one query worker share. */
import type { Clock } from "#runtime/ports/clock.ts";
import type { Engine } from "#promql/engine.ts";
import type { HeadStatusSource } from "#query/head-status/head-status.ts";
import type { ExemplarSource } from "#storage/exemplar.ts";
import type { MetadataSource } from "#storage/metric-metadata.ts";
import type { Queryable } from "#storage/queryable.ts";
import type { SnapshotAdmin } from "#storage/snapshot-admin.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import type { ApiAnswer, ApiRequest } from "../doors.ts";
import type { ApiParams } from "./api-params.ts";
import type { StatusFacts } from "./status-facts.ts";

export interface ApiScope {
  readonly engine: Pick<Engine, "instant" | "range">;
  readonly queryable: Queryable;
  /** Null while the admin API is off. */
  readonly admin: SeriesAdmin | null;
  /** As `admin`. */
  readonly snapshots: SnapshotAdmin | null;
  readonly exemplars: ExemplarSource;
  readonly metadata: MetadataSource;
  readonly clock: Clock;
  /** The longest a query may run; requests may ask for less. */
  readonly timeoutMs: number;
  readonly pointsPerSeriesMax: number;
  /** Shown by `/api/v1/status/buildinfo`. */
  readonly version: string;
  readonly headStatus: HeadStatusSource;
  readonly facts: StatusFacts;
  /** Lets other work of the thread run between slices of a large answer. */
  readonly yieldTurn: () => Promise<void>;
}

/** Throws `EngineError` for anything that is the caller's or an operating error. */
export type Endpoint = (
  request: ApiRequest,
  params: ApiParams,
  scope: ApiScope,
  signal: AbortSignal,
) => Promise<ApiAnswer>;
