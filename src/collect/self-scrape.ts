/**
 * The node as its own first target: reads its metrics every interval and stores them through the
 * same write door as everybody else. Rounds never overlap. A round that cannot be stored is dropped,
 * said once in the log, and its series stay due for their stale markers.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { ExpositionPage } from "#ingest/exposition/exposition-page.ts";
import { parseExposition } from "#ingest/exposition/parse-exposition.ts";
import { encodeWriteRequest } from "#ingest/prometheus-remote-write/remote-write-encoder.ts";
import { type Labels, labelsOf } from "#model/labels.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock, TimerHandle, Timers } from "#runtime/ports/clock.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { BodyAppender } from "#storage/body-appender.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { ScrapeGrid } from "./scrape-grid.ts";
import { type LiveSeries, scrapeRound } from "./scrape-round.ts";

export interface SelfScrapeOptions {
  readonly tenant: TenantId;
  readonly intervalMs: number;
  /** Label `instance`: the address clients reach the node at. */
  readonly instance: string;
}

export interface SelfScrapePorts {
  /** The node's metrics, text format 0.0.4. */
  readonly metricsText: () => Promise<string>;
  readonly appender: BodyAppender;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

const JOB = "gyre";
const SENDER = "self";

export class SelfScrape {
  readonly #options: SelfScrapeOptions;
  readonly #ports: SelfScrapePorts;
  readonly #target: Labels;
  readonly #grid: ScrapeGrid;
  #live: LiveSeries = new Map();
  #timer: TimerHandle | null = null;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** The trouble last reported; null while all is well. */
  #trouble: string | null = null;

  constructor(options: SelfScrapeOptions, ports: SelfScrapePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#target = labelsOf([
      ["instance", options.instance],
      ["job", JOB],
    ]);
    this.#grid = new ScrapeGrid(options.intervalMs, ports.clock.monoMs(), ports.clock.wallMs());
  }

  start(): void {
    assert(this.#timer === null && !this.#isStopped, "self-scrape: started twice");
    // The first point of the grid is the start itself: a fresh node has something to show at once.
    this.#arm(0);
  }

  /** Resolves when the round under way, if any, has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    return this.#running;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#ports.timers.after(delayMs, () => {
      this.#running = this.#round().finally(() => this.#armNext());
    });
  }

  #armNext(): void {
    if (!this.#isStopped) this.#arm(this.#grid.delayMs(this.#ports.clock.monoMs()));
  }

  /** Never rejects. */
  async #round(): Promise<void> {
    const { clock } = this.#ports;
    const timestampMs = this.#grid.timestampMs(clock.wallMs());
    const startMs = clock.monoMs();
    const { page, trouble } = await this.#read();
    const durationMs = clock.monoMs() - startMs;
    const before = this.#live;
    const round = scrapeRound({ page, timestampMs, durationMs }, this.#target, before);
    try {
      await this.#store(round.columns);
      this.#live = round.live;
      this.#report(trouble);
    } catch (error) {
      this.#live = new Map([...before, ...round.live]);
      this.#report(textOf(error));
    }
  }

  async #read(): Promise<{ page: ExpositionPage | null; trouble: string | null }> {
    try {
      return { page: parseExposition(await this.#ports.metricsText()), trouble: null };
    } catch (error) {
      return { page: null, trouble: textOf(error) };
    }
  }

  async #store(columns: Parameters<typeof encodeWriteRequest>[0]): Promise<void> {
    const { appender, logger } = this.#ports;
    const bytesMax = Math.min(appender.bodyBytesMax, appender.decodedBytesMax);
    const body = encodeWriteRequest(columns, bytesMax);
    const format = "remote-write-1";
    const { tenant } = this.#options;
    const options = { tenant, format, encoding: "identity", sender: SENDER } as const;
    const sink = appender.open(options, body.length);
    const full = "cannot store own metrics: all receive buffers are in use";
    if (sink === null) throw new EngineError(OVERLOADED, full);
    if (!sink.write(body)) {
      sink.abort();
      throw new EngineError(OVERLOADED, `${full}, or smaller than ${body.length} bytes`);
    }
    const verdict = await sink.submit();
    if (verdict.rejectedCount === 0) return;
    const { rejectedCount, rejections } = verdict;
    logger.warn({ rejectedCount, first: rejections[0] }, "own metrics were rejected in part");
  }

  /** A line when the trouble begins, changes or ends: not one every interval. */
  #report(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const { logger } = this.#ports;
    if (trouble === null) logger.info({}, "own metrics are stored again");
    else logger.warn({ cause: trouble }, "own metrics are not stored");
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
