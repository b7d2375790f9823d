/**
 * An answer of the query API in the columns the engine answers with, so that scripts compare both
 * alike. Places and details of findings, which only the API shows, are cut off.
 */
import type { FloatHistogram } from "#model/float-histogram.ts";
import { type Labels, labelsOf } from "#model/labels.ts";
import { parseFloat64 } from "#model/parse-float.ts";
import type { Annotation, AnnotationLevel } from "#promql/annotations.ts";
import type { QueryResult, VectorResult } from "#promql/query-result.ts";
import { histogramOfBuckets } from "#promql/script/shown-histogram.ts";
import type { ApiReply, HistogramPoint, Point, ResultReply, SeriesReply } from "../api-reply.ts";

type AnyPoint = Point | readonly [seconds: number, shown: HistogramPoint];

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
      const value = numberOf(data.result[1]);
      return { kind: "scalar", timestampMs: timeOf(data.result), value, ...common };
    }
    case "vector": {
      const points = data.result.map(({ value, histogram }) => histogram ?? value!);
      const timestampMs = points.length === 0 ? 0 : timeOf(points[0]!);
      const labels = data.result.map(labelsOfReply);
      return { kind: "vector", timestampMs, labels, ...columnsOf(points), ...common };
    }
    case "matrix": {
      const rows = data.result.map(({ values = [], histograms = [] }) =>
        [...values, ...histograms].sort(([a], [b]) => a - b),
      );
      const sampleStart = new Uint32Array(rows.length + 1);
      rows.forEach((row, i) => (sampleStart[i + 1] = sampleStart[i]! + row.length));
      const points = rows.flat();
      return {
        kind: "matrix",
        labels: data.result.map(labelsOfReply),
        sampleStart,
        timestamps: Float64Array.from(points, timeOf),
        ...columnsOf(points),
        ...common,
      };
    }
  }
}

/** Histograms are as the API shows them: buckets without a schema. */
function columnsOf(points: readonly AnyPoint[]): Pick<VectorResult, "values" | "histograms"> {
  const histograms = points.map(([, shown]) =>
    typeof shown === "string" ? null : histogramOf(shown),
  );
  return {
    values: Float64Array.from(points, ([, shown]) =>
      typeof shown === "string" ? numberOf(shown) : 0,
    ),
    histograms: histograms.some((histogram) => histogram !== null) ? histograms : null,
  };
}

function histogramOf({ count, sum, buckets = [] }: HistogramPoint): FloatHistogram {
  return histogramOfBuckets(
    numberOf(count),
    numberOf(sum),
    buckets.map(([, lower, upper, inBucket]) => {
      return { lower: numberOf(lower), upper: numberOf(upper), count: numberOf(inBucket) };
    }),
  );
}

function found(level: AnnotationLevel, texts: readonly string[]): Annotation[] {
  return texts.map((text) => {
    return { level, message: text.replace(DETAIL, ""), detail: "", range: null };
  });
}

function labelsOfReply({ metric }: SeriesReply): Labels {
  return labelsOf(Object.entries(metric));
}

function timeOf([seconds]: AnyPoint): number {
  return Math.round(seconds * 1000);
}

function numberOf(text: string): number {
  const value = parseFloat64(text);
  if (value === null) throw new Error(`got value ${JSON.stringify(text)}, want a number`);
  return value;
}
