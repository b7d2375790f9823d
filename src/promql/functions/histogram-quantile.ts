/**
 * `histogram_quantile`, `histogram_quantiles` and `histogram_fraction`, for classic histograms (rows
 * that differ in `le`) and native ones alike. Output rows carry the labels without `le`.
 */
import { formatLabelFloat } from "#model/format-float.ts";
import { type Labels, labelValue, METRIC_NAME } from "#model/labels.ts";
import type { FloatHistogram } from "#model/float-histogram.ts";
import { HISTOGRAM_UNITS } from "../columns/cell-units.ts";
import { dropMetricLabels, withLabel } from "../columns/label-edit.ts";
import { MatrixBuilder } from "../columns/matrix-builder.ts";
import { HISTOGRAM, type SeriesMatrix } from "../columns/series-matrix.ts";
import { timeAt } from "../columns/step-grid.ts";
import type { TextRange } from "../annotations.ts";
import * as findings from "../findings.ts";
import { ClassicBuckets } from "../histogram/classic-buckets.ts";
import { nativeFraction } from "../histogram/native-fraction.ts";
import { nativeQuantile } from "../histogram/native-quantile.ts";
import { gatherBuckets, groupHistograms } from "./classic-groups.ts";
import type { VectorCall, VectorFunction } from "./vector-call.ts";

export const histogramQuantile: VectorFunction = async (call) => {
  const builder = new MatrixBuilder(call.grid);
  const [quantilePlace, vectorPlace] = call.plan.argRanges as [TextRange, TextRange];
  const quantiles = call.scalars[0]!;
  noteQuantiles(call, quantiles, quantilePlace);
  const emit = emitTo(builder, call);
  await eachHistogram(call, vectorPlace, {
    native: (labels, histogram, step) => {
      const { annotations } = call;
      const name = nativeName(call, labels);
      const quantile = quantiles[step]!;
      emit(labels, step, nativeQuantile(quantile, histogram, name, annotations, quantilePlace));
    },
    classic: (labels, buckets, step) =>
      emit(
        labels,
        step,
        classicQuantile(call, buckets, quantiles[step]!, labels, step, vectorPlace),
      ),
  });
  return builder.finish(call.pace);
};

export const histogramQuantiles: VectorFunction = async (call) => {
  const builder = new MatrixBuilder(call.grid);
  const place = call.plan.argRanges[0]!;
  const label = call.plan.strings[0]!;
  call.scalars.forEach((quantiles, i) =>
    noteQuantiles(call, quantiles, call.plan.argRanges[i + 2]!),
  );
  const emit = emitTo(builder, call);
  const withQuantile = (labels: Labels, quantile: number): Labels =>
    withLabel(labels, label, formatLabelFloat(quantile));
  await eachHistogram(call, place, {
    native: (labels, histogram, step) => {
      const name = nativeName(call, labels);
      for (const quantiles of call.scalars) {
        const quantile = quantiles[step]!;
        const value = nativeQuantile(quantile, histogram, name, call.annotations, place);
        emit(withQuantile(labels, quantile), step, value);
      }
    },
    classic: (labels, buckets, step) => {
      for (const quantiles of call.scalars) {
        const quantile = quantiles[step]!;
        const value = classicQuantile(call, buckets, quantile, labels, step, place);
        emit(withQuantile(labels, quantile), step, value);
      }
    },
  });
  return builder.finish(call.pace);
};

export const histogramFraction: VectorFunction = async (call) => {
  const builder = new MatrixBuilder(call.grid);
  const [place, , vectorPlace] = call.plan.argRanges as [TextRange, TextRange, TextRange];
  const [lower, upper] = call.scalars as [Float64Array, Float64Array];
  const emit = emitTo(builder, call);
  await eachHistogram(call, vectorPlace, {
    native: (labels, histogram, step) => {
      const name = nativeName(call, labels);
      const { annotations } = call;
      const [low, high] = [lower[step]!, upper[step]!];
      emit(labels, step, nativeFraction(low, high, histogram, name, annotations, place));
    },
    classic: (labels, buckets, step) =>
      emit(labels, step, buckets.fraction(lower[step]!, upper[step]!)),
  });
  return builder.finish(call.pace);
};

/** Cost of gathering a classic bucket, in cells. */
const BUCKET_UNITS = 4;

interface HistogramVisitor {
  readonly native: (labels: Labels, histogram: FloatHistogram, step: number) => void;
  readonly classic: (labels: Labels, buckets: ClassicBuckets, step: number) => void;
}

async function eachHistogram(
  call: VectorCall,
  place: TextRange,
  visitor: HistogramVisitor,
): Promise<void> {
  const matrix: SeriesMatrix = call.vectors[0]!;
  const { count } = matrix.grid;
  const { native, classic } = await groupHistograms(matrix, call, place);
  for (const row of native) {
    for (let step = 0; step < count; step++) {
      const cell = row * count + step;
      if (matrix.kinds[cell] !== HISTOGRAM) continue;
      visitor.native(matrix.labels[row]!, matrix.histograms![cell]!, step);
      if (call.pace.spend(HISTOGRAM_UNITS)) await call.pace.pause();
    }
  }
  const buckets = new ClassicBuckets();
  for (const group of classic) {
    for (let step = 0; step < count; step++) {
      gatherBuckets(buckets, matrix, group, step);
      if (!buckets.isEmpty) visitor.classic(group.labels, buckets, step);
      if (call.pace.spend(group.rows.length * BUCKET_UNITS)) await call.pace.pause();
    }
  }
}

function emitTo(
  builder: MatrixBuilder,
  call: VectorCall,
): (labels: Labels, step: number, value: number) => void {
  const { delayedNameRemoval } = call.features;
  return (labels, step, value) => {
    const kept = delayedNameRemoval ? labels : dropMetricLabels(labels);
    builder.setFloat(builder.row(kept, true) + step, value);
  };
}

function nativeName(call: VectorCall, labels: Labels): string {
  return call.features.delayedNameRemoval ? labelValue(labels, METRIC_NAME) : "";
}

function classicQuantile(
  call: VectorCall,
  buckets: ClassicBuckets,
  quantile: number,
  labels: Labels,
  step: number,
  place: TextRange,
): number {
  return buckets.quantile(quantile, (how) => {
    const text = findings.forcedMonotonicity(nativeName(call, labels));
    call.annotations.forcedMonotonicity(text, place, timeAt(call.grid, step), how);
  });
}

function noteQuantiles(call: VectorCall, quantiles: Float64Array, place: TextRange): void {
  for (const quantile of quantiles) {
    if (quantile >= 0 && quantile <= 1) continue;
    call.annotations.warn(findings.invalidQuantile(quantile), place);
  }
}
