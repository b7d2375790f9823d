/**
 * Asks the HTTP API that Gyre and Prometheus share, as Grafana does. Answers other than success are
 * errors that carry the server's own text.
 */

export type QueryPoint = readonly [seconds: number, value: string];

export interface QuerySeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Of a vector. */
  readonly value?: QueryPoint;
  /** Of a matrix. */
  readonly values?: readonly QueryPoint[];
}

/** A scalar is returned as a vector of one series without labels. */
export interface QueryData {
  readonly resultType: string;
  readonly result: readonly QuerySeries[];
}

type Params = readonly (readonly [name: string, value: string])[];

export async function askApi<Data>(url: string, path: string, params: Params = []): Promise<Data> {
  const query = new URLSearchParams(params.map(([name, value]) => [name, value]));
  const response = await fetch(`${url}/api/v1/${path}?${query}`);
  const text = await response.text();
  let body: { status?: string; data?: Data; error?: string };
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    throw new Error(`cannot read the answer of ${path} (${response.status}): ${text}`);
  }
  if (body.status === "success") return body.data!;
  throw new Error(`cannot ask ${path}?${query}: ${response.status} ${body.error ?? text}`);
}

export async function queryInstant(url: string, query: string, ms: number): Promise<QueryData> {
  const params: Params = [
    ["query", query],
    ["time", secondsText(ms)],
  ];
  const data = await askApi<{ resultType: string; result: unknown }>(url, "query", params);
  if (data.resultType !== "scalar") return data as QueryData;
  return { resultType: "scalar", result: [{ metric: {}, value: data.result as QueryPoint }] };
}

export interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export function queryRange(url: string, query: string, range: QueryRange): Promise<QueryData> {
  return askApi<QueryData>(url, "query_range", [
    ["query", query],
    ["start", secondsText(range.startMs)],
    ["end", secondsText(range.endMs)],
    ["step", secondsText(range.stepMs)],
  ]);
}

/** Exact: a quotient such as 1795173036437 / 1000 printed in full. */
export function secondsText(ms: number): string {
  return (ms / 1000).toFixed(3);
}
