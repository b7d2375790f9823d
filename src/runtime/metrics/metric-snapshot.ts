/** What a scrape sees: families of samples, copied out of the live columns at one moment. */
export type MetricType = "counter" | "gauge" | "histogram";

export interface MetricSample {
  /** Appended to the family's name: "", "_bucket", "_sum", "_count". */
  readonly suffix: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly MetricSample[];
}
