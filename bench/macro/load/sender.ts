/**
 * Sends a load over loopback: all series once, then rounds for `--seconds`, at `--rate` or as fast
 * as they are taken. With `--dry` nothing is sent: that measures what the sender itself can do. Runs
 * as a process of its own, so that its CPU never counts for the server.
 */
import { parseArgs } from "node:util";
import { LoadConnection } from "./load-connection.ts";
import type { LoadRequest } from "./load-connection.ts";
import { loadPlanOf } from "./load-plan.ts";
import type { LoadReport } from "./load-report.ts";
import { LoadRequests } from "./load-requests.ts";

const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  strict: false,
  options: { port: { type: "string" }, path: { type: "string" }, dry: { type: "boolean" } },
});
const plan = loadPlanOf(args);
const REPORT_MS = 1000;
/** Rounds as fast as they are taken are this far apart in sample time, as scrapes are. */
const SCRAPE_MS = 10_000;
/** Where the sample time of such rounds begins: behind now, and not too old for anybody. */
const BEGIN_AGE_MS = 3_600_000;

class Load {
  readonly #requests = new LoadRequests(plan);
  readonly #intervalMs = plan.rate > 0 ? (plan.series / plan.rate) * 1000 : SCRAPE_MS;
  readonly #beginMs = Date.now() - BEGIN_AGE_MS;
  /** Made, and not answered: its bytes must stay. */
  readonly #open = new Set<number>();
  #phase: LoadReport["phase"] = "made";
  #round = 0;
  #next = 0;
  #startMs = performance.now();
  #endMs = Infinity;
  #replacedShare = 0;
  #samples = 0;
  #refused = 0;
  #rejected = 0;
  #lagMs = 0;
  #latencies: number[] = [];
  #all: number[] = [];

  async run(): Promise<void> {
    this.#report("made");
    this.#begin("registering", Infinity);
    await this.#connected(() => this.#round === 0);
    this.#report("registered");
    this.#begin("steady", performance.now() + plan.seconds * 1000);
    const timer = setInterval(() => this.#report(this.#phase), REPORT_MS);
    await this.#connected(() => performance.now() < this.#endMs);
    clearInterval(timer);
    this.#latencies = this.#all;
    this.#report("done");
  }

  #begin(phase: LoadReport["phase"], endMs: number): void {
    this.#phase = phase;
    this.#startMs = performance.now();
    this.#endMs = endMs;
    this.#samples = 0;
    this.#refused = 0;
    this.#all = [];
  }

  async #connected(hasMore: () => boolean): Promise<void> {
    if (values.dry === true) return this.#dry(hasMore);
    const connections = Array.from({ length: plan.connections }, (_, i) => {
      return new LoadConnection({
        port: Number(values.port),
        path: String(values.path),
        agent: `gyre-load/${i}`,
        next: () => this.#take(hasMore),
        answered: (request, status, latencyMs) => this.#answered(request, status, latencyMs),
      });
    });
    await Promise.all(connections.map(({ done }) => done));
  }

  async #dry(hasMore: () => boolean): Promise<void> {
    for (let request = await this.#take(hasMore); request !== null;) {
      this.#answered(request, 204, 0);
      request = await this.#take(hasMore);
    }
  }

  async #take(hasMore: () => boolean): Promise<(LoadRequest & { index: number }) | null> {
    if (this.#next === this.#requests.count) {
      this.#next = 0;
      this.#round++;
      if (plan.profile === "churn") this.#churn();
    }
    if (!hasMore()) return null;
    const index = this.#next++;
    const isPaced = plan.rate > 0 && this.#phase === "steady";
    const round = this.#round;
    const share = index / this.#requests.count;
    const dueMs = isPaced
      ? this.#startMs + (round - 1 + share) * this.#intervalMs
      : performance.now();
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#lagMs = Math.max(0, -waitMs);
    while (this.#open.has(index)) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#open.add(index);
    const body = this.#requests.make(index, this.#roundMs(round), this.#intervalMs);
    return { body, samples: this.#requests.sampleCount(index), dueMs, index };
  }

  #roundMs(round: number): number {
    // Paced samples are as old as they look; others follow each other faster than time does.
    if (plan.rate === 0) return this.#beginMs + round * SCRAPE_MS;
    if (round === 0) return Date.now() - 2 * this.#intervalMs;
    const startedMs = Date.now() - performance.now() + this.#startMs;
    return startedMs + (round - 2) * this.#intervalMs;
  }

  #answered(request: LoadRequest, status: number, latencyMs: number): void {
    if (status === 503) {
      this.#refused++;
      return;
    }
    this.#open.delete((request as LoadRequest & { index: number }).index);
    if (status === 400) this.#rejected++;
    else this.#samples += request.samples;
    this.#latencies.push(latencyMs);
    if (this.#phase === "steady") this.#all.push(latencyMs);
  }

  /** Called between two rounds, when no request of the one before waits to be made. */
  #churn(): void {
    this.#replacedShare += (plan.churnPerHour * this.#intervalMs) / 3_600_000;
    const count = Math.floor(this.#replacedShare * this.#requests.count);
    this.#replacedShare -= count / this.#requests.count;
    const from = (this.#round * 7919) % this.#requests.count;
    for (let i = 0; i < count; i++) {
      const index = (from + i) % this.#requests.count;
      if (!this.#open.has(index)) this.#requests.replace(index);
    }
  }

  #report(phase: LoadReport["phase"]): void {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    this.#latencies = [];
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    const { user, system } = process.cpuUsage();
    const report: LoadReport = {
      phase,
      seconds: (performance.now() - this.#startMs) / 1000,
      samples: this.#samples,
      refused: this.#refused,
      rejected: this.#rejected,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      lagMs: this.#lagMs,
      cpuSeconds: (user + system) / 1e6,
      rssBytes: process.memoryUsage.rss(),
    };
    console.log(JSON.stringify(report));
  }
}

await new Load().run();
