/**
 * The API door of a query worker: finds the endpoint of a request, runs it, turns whatever it throws
 * into an answer. Holds no state between requests.
 */
import { EngineError } from "#base/engine-error.ts";
import { PROMQL_CANCELED } from "#promql/query-errors.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { ApiAnswer, ApiDoor, ApiRequest } from "../doors.ts";
import { errorAnswer, refusal } from "../error-answer.ts";
import { HTTP_NOT_FOUND } from "../http-errors.ts";
import { answerCleanTombstones, answerDeleteSeries } from "./admin.ts";
import { ApiParams } from "./api-params.ts";
import type { ApiScope, Endpoint } from "./api-scope.ts";
import { answerBuildInfo } from "./build-info.ts";
import { answerExport } from "./export/export.ts";
import { answerLabelValues } from "./label-values.ts";
import { answerLabels } from "./labels.ts";
import { answerMetadata } from "./metadata.ts";
import { answerQuery } from "./query.ts";
import { answerQueryExemplars } from "./query-exemplars.ts";
import { answerQueryRange } from "./query-range.ts";
import { answerSeries } from "./series.ts";
import {
  answerSnapshot,
  answerSnapshotCreate,
  answerSnapshotDelete,
  answerSnapshotList,
} from "./snapshots.ts";
import { answerRuntimeInfo, answerStatusConfig, answerStatusFlags } from "./status-facts.ts";
import { answerStatusTsdb } from "./status-tsdb.ts";

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ["/api/v1/query", answerQuery],
  ["/api/v1/query_range", answerQueryRange],
  ["/api/v1/series", answerSeries],
  ["/api/v1/labels", answerLabels],
  ["/api/v1/admin/tsdb/clean_tombstones", answerCleanTombstones],
  ["/api/v1/admin/tsdb/delete_series", answerDeleteSeries],
  ["/api/v1/admin/tsdb/snapshot", answerSnapshot],
  ["/snapshot/create", answerSnapshotCreate],
  ["/snapshot/delete", answerSnapshotDelete],
  ["/snapshot/list", answerSnapshotList],
  ["/api/v1/export", answerExport],
  ["/api/v1/export/csv", answerExport],
  ["/api/v1/metadata", answerMetadata],
  ["/api/v1/query_exemplars", answerQueryExemplars],
  ["/api/v1/status/buildinfo", answerBuildInfo],
  ["/api/v1/status/config", answerStatusConfig],
  ["/api/v1/status/flags", answerStatusFlags],
  ["/api/v1/status/runtimeinfo", answerRuntimeInfo],
  ["/api/v1/status/tsdb", answerStatusTsdb],
]);

export class ApiRouter implements ApiDoor {
  readonly #scope: ApiScope;
  readonly #logger: Logger;

  constructor(scope: ApiScope, logger: Logger) {
    this.#scope = scope;
    this.#logger = logger;
  }

  async handle(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const endpoint = endpointOf(request.path);
    if (endpoint === null) return refusal(HTTP_NOT_FOUND, `cannot find ${request.path}`);
    try {
      return await endpoint(request, new ApiParams(request.params), this.#scope, signal);
    } catch (error) {
      if (error instanceof EngineError) return errorAnswer(error);
      if (signal.aborted) return refusal(PROMQL_CANCELED, "cannot answer: canceled");
      this.#logger.error({ err: error, path: request.path }, "request failed");
      return errorAnswer(error);
    }
  }
}

function endpointOf(path: string): Endpoint | null {
  const fixed = ENDPOINTS.get(path);
  if (fixed !== undefined) return fixed;
  return path.startsWith("/api/v1/label/") ? answerLabelValues : null;
}
