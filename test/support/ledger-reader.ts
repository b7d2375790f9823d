/**
 * Reads a node through its public API and holds it against a ledger. The newest part is what the
 * last life of the node wrote; everything is read in windows of bounded size.
 */
import { HISTOGRAM_NAME } from "./ledger-load.ts";
import type { Ledger, LedgerWindow, StoredSeries } from "./ledger.ts";

export interface Verification {
  /** Samples read. */
  readonly storedSamples: number;
  readonly problems: readonly string[];
}

/** Some MiB of JSON per answer. */
const WINDOW_REQUESTS = 4000;
/** Enough to see what kind of loss it is. */
const PROBLEMS_MAX = 10;

/**
 * `newest`: what was sent since the last verification, which then counts as settled. `all`: that
 * and every request before it.
 */
export async function verifyLedger(
  ledger: Ledger,
  port: number,
  scope: "newest" | "all",
): Promise<Verification> {
  const problems: string[] = [];
  let storedSamples = 0;
  for (let connection = 0; connection < ledger.shape.connections; connection++) {
    const end = ledger.sent(connection);
    for (let from = scope === "all" ? 0 : ledger.settled(connection); from < end;) {
      const to = Math.min(from + WINDOW_REQUESTS, end);
      const window = { connection, from, to };
      const stored = await readWindow(ledger, port, window);
      problems.push(...ledger.check(window, stored));
      ledger.settle(window, stored);
      for (const samples of stored.values()) storedSamples += samples.length;
      if (problems.length >= PROBLEMS_MAX) return { storedSamples, problems };
      from = to;
    }
  }
  return { storedSamples, problems };
}

interface SeriesAnswer {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [seconds: number, value: string])[];
  readonly histograms?: readonly (readonly [seconds: number, { readonly sum: string }])[];
}

/** Raw samples of a window; the fresh series of a connection come together under their index. */
async function readWindow(
  ledger: Ledger,
  port: number,
  { connection, from, to }: LedgerWindow,
): Promise<StoredSeries> {
  const params = new URLSearchParams({
    // The left edge of a range is open, so this is exactly the window.
    query: `{__name__=~"ledger|${HISTOGRAM_NAME}", connection="${connection}"}[${to - from}ms]`,
    time: ((ledger.shape.baseMs + to) / 1000).toFixed(3),
  });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${params}`);
  const body = (await answer.json()) as {
    status: string;
    error?: string;
    data: { result: readonly SeriesAnswer[] };
  };
  if (body.status !== "success") {
    throw new Error(`cannot read the ledger back: ${answer.status} ${body.error}`);
  }
  const stored = new Map<number, (readonly [number, string])[]>();
  for (const { metric, values = [], histograms = [] } of body.data.result) {
    const index = Number(metric["index"]);
    const sums = histograms.map(([seconds, { sum }]) => [seconds, sum] as const);
    stored.set(index, [...(stored.get(index) ?? []), ...values, ...sums]);
  }
  return stored;
}
