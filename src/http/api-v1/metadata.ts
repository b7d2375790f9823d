/**
 * `/api/v1/metadata`: type, unit and help of metrics, as their senders told. `limit` cuts the number
 * of metrics, `limit_per_metric` the ways in which one is described.
 */
import { METRIC_TYPES, type MetricMetadata } from "#storage/metric-metadata.ts";
import { badParameter } from "./api-errors.ts";
import type { ApiParams } from "./api-params.ts";
import type { Endpoint } from "./api-scope.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";

export const answerMetadata: Endpoint = async (request, params, scope) => {
  const limit = limitOf(params, "limit", true);
  const perMetric = limitOf(params, "limit_per_metric", false);
  const asked = params.text("metric");
  const { tenant } = request;
  const found = await scope.metadata.metadata({ tenant, metric: asked === "" ? null : asked });
  const metrics = Map.groupBy(found, ({ metric }) => metric);
  return successAnswer((json) => {
    let separator = "{";
    for (const [metric, all] of [...metrics].slice(0, limit)) {
      json.raw(separator).string(metric).raw(":[");
      writeAll(json, all.slice(0, perMetric));
      json.raw("]");
      separator = ",";
    }
    json.raw(separator === "{" ? "{}" : "}");
  }, NO_NOTES);
};

function writeAll(json: JsonBytes, all: readonly MetricMetadata[]): void {
  for (const [index, { type, unit, help }] of all.entries()) {
    if (index > 0) json.raw(",");
    json.raw('{"type":').string(METRIC_TYPES[type] ?? "unknown");
    json.raw(',"unit":').string(unit).raw(',"help":').string(help).raw("}");
  }
}

/** Infinity for none; Prometheus takes 0 for none of the metrics, but for all of their metadata. */
function limitOf(params: ApiParams, name: string, isZeroNothing: boolean): number {
  const text = params.text(name);
  if (text === "") return Number.POSITIVE_INFINITY;
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw badParameter(name, `got ${JSON.stringify(text)}, want a whole number`);
  }
  const limit = Number(text);
  return limit > 0 || (limit === 0 && isZeroNothing) ? limit : Number.POSITIVE_INFINITY;
}
