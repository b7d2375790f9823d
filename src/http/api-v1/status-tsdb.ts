/**
 * `/api/v1/status/tsdb`: where the series in memory come from, as Prometheus tells it. `topN` is
 * another name of `limit`.
 */
import type { NamedCount } from "#query/head-status/head-status.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";
import type { Endpoint } from "./api-scope.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 10_000;

export const answerStatusTsdb: Endpoint = async ({ tenant }, params, scope, signal) => {
  const status = await scope.headStatus.headStatus(tenant, limitOf(params), signal);
  const head = {
    numSeries: status.seriesCount,
    numLabelPairs: status.labelPairCount,
    chunkCount: status.chunkCount,
    minTime: status.minTimeMs ?? 0,
    maxTime: status.maxTimeMs ?? 0,
  };
  const lists = [
    ["seriesCountByMetricName", status.seriesByMetricName],
    ["labelValueCountByLabelName", status.valuesByLabelName],
    ["memoryInBytesByLabelName", status.bytesByLabelName],
    ["seriesCountByLabelValuePair", status.seriesByLabelPair],
  ] as const;
  const { uncountedValues } = status;
  const warnings = [`counts leave out ${uncountedValues} label values beyond the first of each`];
  const notes = uncountedValues === 0 ? NO_NOTES : { warnings, infos: [] };
  return successAnswer((json) => {
    json.raw(`{"headStats":${JSON.stringify(head)}`);
    for (const [name, counts] of lists) {
      json.raw(`,"${name}":`);
      writeCounts(json, counts);
    }
    json.raw("}");
  }, notes);
};

function limitOf(params: ApiParams): number {
  const [name, text] =
    params.text("limit") === ""
      ? (["topN", params.text("topN")] as const)
      : (["limit", params.text("limit")] as const);
  if (text === "") return LIMIT_DEFAULT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw badParameter(name, `got ${JSON.stringify(text)}, want 1 to ${LIMIT_MAX}`);
}

function writeCounts(json: JsonBytes, counts: readonly NamedCount[]): void {
  json.raw("[");
  for (const [index, { name, count }] of counts.entries()) {
    json.raw(index === 0 ? '{"name":' : ',{"name":').string(name);
    json.raw(',"value":').integer(count).raw("}");
  }
  json.raw("]");
}
