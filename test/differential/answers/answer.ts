/**
 * An answer of the query API, from a server or from the engine in this process: either way it has
 * been JSON once, so that what is compared is what a client would see. Values stay text.
 */

export type ApiPoint = readonly [seconds: number, value: string];

export interface ApiHistogram {
  readonly count: string;
  readonly sum: string;
  /** Edges (which bounds belong to it), bounds and count of each bucket. */
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

export type ApiHistogramPoint = readonly [seconds: number, histogram: ApiHistogram];

export interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: ApiPoint;
  readonly values?: readonly ApiPoint[];
  readonly histogram?: ApiHistogramPoint;
  readonly histograms?: readonly ApiHistogramPoint[];
}

export interface ApiData {
  readonly resultType: string;
  /** Of a scalar or a string: one point. */
  readonly result: readonly ApiSeries[] | ApiPoint;
}

export type Answer =
  | {
      readonly kind: "data";
      readonly data: ApiData;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
    }
  | { readonly kind: "error"; readonly errorType: string; readonly error: string };

interface Envelope {
  readonly status: string;
  readonly data?: ApiData;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
  readonly errorType?: string;
  readonly error?: string;
}

export function answerOf(text: string): Answer {
  let body: Envelope;
  try {
    body = JSON.parse(text) as Envelope;
  } catch (cause) {
    throw new Error(`cannot read an answer: ${text.slice(0, 200)}`, { cause });
  }
  const { data, warnings = [], infos = [], errorType = "", error = "" } = body;
  if (data === undefined) return { kind: "error", errorType, error };
  return { kind: "data", data, warnings, infos };
}

export function hasSeries(answer: Answer): boolean {
  return answer.kind === "data" && answer.data.result.length > 0;
}

/** The series of an answer; a scalar is one without labels. */
export function seriesOf({ resultType, result }: ApiData): readonly ApiSeries[] {
  if (resultType === "vector" || resultType === "matrix") return result as readonly ApiSeries[];
  return [{ metric: {}, value: result as ApiPoint }];
}
