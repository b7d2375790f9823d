/**
 * `/api/v1/admin/tsdb/delete_series` and `/clean_tombstones`, as Prometheus has them: nothing is
 * answered, and what was asked for is done when the answer comes.
 */
import { EngineError } from "#base/engine-error.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import type { ApiAnswer } from "../doors.ts";
import { HTTP_ADMIN_OFF } from "../http-errors.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiScope, Endpoint } from "./api-scope.ts";
import { parseMatchers } from "./parse-matchers.ts";

const DONE: ApiAnswer = { status: 204, headers: {}, body: new Uint8Array(0) };

export const answerDeleteSeries: Endpoint = async (request, params, scope, signal) => {
  const admin = adminOf(scope);
  const minMs = params.timeMs("start", TIMESTAMP_MS_MIN);
  const maxMs = params.timeMs("end", TIMESTAMP_MS_MAX);
  const selectors = parseMatchers(params);
  if (selectors.length === 0) throw badParameter("match[]", "no match[] parameter provided");
  for (const matchers of maxMs < minMs ? [] : selectors) {
    signal.throwIfAborted();
    await admin.deleteSeries({ tenant: request.tenant, matchers, minMs, maxMs });
  }
  return DONE;
};

export const answerCleanTombstones: Endpoint = async (_request, _params, scope) => {
  await adminOf(scope).cleanTombstones();
  return DONE;
};

function adminOf({ admin }: ApiScope): SeriesAdmin {
  if (admin !== null) return admin;
  throw new EngineError(HTTP_ADMIN_OFF, "admin APIs disabled");
}
