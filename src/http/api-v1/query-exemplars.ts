/**
 * `/api/v1/query_exemplars`: the exemplars of the series that any selector of an expression finds.
 * Ranges, offsets and the rest of the expression play no part, as in Prometheus.
 */
import { EngineError } from "#base/engine-error.ts";
import { formatSampleValue } from "#model/format-float.ts";
import { TIMESTAMP_MS_MAX, TIMESTAMP_MS_MIN } from "#model/refs.ts";
import { extractSelectors } from "#promql/analyze/extract-selectors.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import type { ExemplarSeries } from "#storage/exemplar.ts";
import { JSON_TYPE } from "../error-answer.ts";
import { badParameter } from "./api-errors.ts";
import type { Endpoint } from "./api-scope.ts";
import type { JsonBytes } from "./json-bytes.ts";
import { NO_NOTES, successAnswer } from "./success-answer.ts";
import { writeLabels } from "./write-labels.ts";

/** What Prometheus says to an expression without a selector. */
const NO_DATA = '{"status":"success"}';

export const answerQueryExemplars: Endpoint = async (request, params, scope) => {
  const minMs = params.timeMs("start", TIMESTAMP_MS_MIN);
  const maxMs = params.timeMs("end", TIMESTAMP_MS_MAX);
  if (maxMs < minMs) throw badParameter("end", "got a time before start, want one after it");
  const selectors = extractSelectors(parse(params.text("query"))).map(({ matchers }) => matchers);
  if (selectors.length === 0) {
    return { status: 200, headers: { "content-type": JSON_TYPE }, body: Buffer.from(NO_DATA) };
  }
  const { tenant } = request;
  const found = await scope.exemplars.exemplars({ tenant, selectors, minMs, maxMs });
  return successAnswer((json) => {
    json.raw("[");
    for (const [index, series] of found.entries()) {
      if (index > 0) json.raw(",");
      writeSeries(json, series);
    }
    json.raw("]");
  }, NO_NOTES);
};

function writeSeries(json: JsonBytes, { labels, exemplars }: ExemplarSeries): void {
  json.raw('{"seriesLabels":');
  writeLabels(json, labels);
  json.raw(',"exemplars":[');
  for (const [index, exemplar] of exemplars.entries()) {
    json.raw(index > 0 ? ',{"labels":' : '{"labels":');
    writeLabels(json, exemplar.labels);
    json.raw(`,"value":"${formatSampleValue(exemplar.value)}","timestamp":`);
    json.timestamp(exemplar.timestampMs).raw("}");
  }
  json.raw("]}");
}

function parse(text: string): Expr {
  try {
    return parsePromql(text);
  } catch (error) {
    if (error instanceof EngineError) throw badParameter("query", error.message);
    throw error;
  }
}
