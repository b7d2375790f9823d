/**
 * An answer of the query API in the columns the engine answers with, so that scripts compare both
 * alike. Places and details of findings, which only the API shows, are cut off.
 */
import { type Labels, labelsOf } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import type { Annotation, AnnotationLevel } from "#promql/annotations.ts";
import type { QueryResult } from "#promql/query-result.ts";
import type { ApiReply, Point, ResultReply, SeriesReply } from "../api-reply.ts";

const DETAIL = /(?:, from buckets .+ to .+| \(\d+ occurrences\))?(?: \(\d+:\d+\))?$/;

export function queryResultOf(reply: ApiReply, data: ResultReply): QueryResult {
  const warnings = reply.warnings ?? [];
  const infos = reply.infos ?? [];
  const common = {
    warnings,
    infos,
    annotations: [...found("warning", warnings), ...found("info", infos)],
    stats: { samplesRead: 0, peakSamples: 0, seriesRead: 0, prepareMs: 0, evalMs: 0 },
  };
  switch (data.resultType) {
    case "string":
      return { kind: "string", timestampMs: timeOf(data.result), value: data.result[1], ...common };
    case "scalar": {
      const value = valueOf(data.result);
      return { kind: "scalar", timestampMs: timeOf(data.result), value, ...common };
    }
    case "vector": {
      const points = data.result.map(({ value, metric }) => floatOf(value, metric));
      const timestampMs = points.length === 0 ? 0 : timeOf(points[0]!);
      const labels = data.result.map(labelsOfReply);
      const values = Float64Array.from(points, valueOf);
      return { kind: "vector", timestampMs, labels, values, histograms: null, ...common };
    }
    case "matrix": {
      const points = data.result.flatMap(({ values, histograms, metric }) =>
        (histograms?.length ?? 0) > 0 ? [floatOf(undefined, metric)] : (values ?? []),
      );
      const sampleStart = new Uint32Array(data.result.length + 1);
      data.result.forEach(({ values }, row) => {
        sampleStart[row + 1] = sampleStart[row]! + (values?.length ?? 0);
      });
      return {
        kind: "matrix",
        labels: data.result.map(labelsOfReply),
        sampleStart,
        timestamps: Float64Array.from(points, timeOf),
        values: Float64Array.from(points, valueOf),
        histograms: null,
        ...common,
      };
    }
  }
}

function found(level: AnnotationLevel, texts: readonly string[]): Annotation[] {
  return texts.map((text) => {
    return { level, message: text.replace(DETAIL, ""), detail: "", range: null };
  });
}

function labelsOfReply({ metric }: SeriesReply): Labels {
  return labelsOf(Object.entries(metric));
}

/** Histograms come as buckets without a schema; a node that stores some needs more than this. */
function floatOf(point: Point | undefined, metric: SeriesReply["metric"]): Point {
  if (point !== undefined) return point;
  throw new Error(`got a native histogram for ${JSON.stringify(metric)}, want a float`);
}

function timeOf([seconds]: Point): number {
  return Math.round(seconds * 1000);
}

function valueOf([, text]: Point): number {
  const value = parseFloat64(text);
  if (value === null) throw new Error(`got value ${JSON.stringify(text)}, want a number`);
  return value;
}
