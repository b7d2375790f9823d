/** The JSON a node answers queries with, as far as the command line shows it. */
export type Point = readonly [seconds: number, value: string];

export interface HistogramPoint {
  readonly count: string;
  readonly sum: string;
  /** Absent when none has observations. */
  readonly buckets?: readonly (readonly [
    edges: number,
    lower: string,
    upper: string,
    count: string,
  ])[];
}

export interface SeriesReply {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly histogram?: readonly [number, HistogramPoint];
  readonly values?: readonly Point[];
  readonly histograms?: readonly (readonly [number, HistogramPoint])[];
}

export type ResultReply =
  | { readonly resultType: "scalar"; readonly result: Point }
  | { readonly resultType: "string"; readonly result: Point }
  | { readonly resultType: "vector"; readonly result: readonly SeriesReply[] }
  | { readonly resultType: "matrix"; readonly result: readonly SeriesReply[] };

export interface ApiReply {
  readonly status: "success" | "error";
  readonly data?: ResultReply;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** Null when the text is not an API answer. */
export function parseApiReply(text: string): ApiReply | null {
  try {
    const reply = JSON.parse(text) as ApiReply | null;
    return reply?.status === "success" || reply?.status === "error" ? reply : null;
  } catch {
    return null;
  }
}
