/**
 * Phase two: the same bodies to a real node over kept connections. Every one is answered, by 2xx or
 * 4xx and as the twin would; the node stays up and in its memory; killed and started again it holds
 * what it acknowledged and nothing that was not offered.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GyreProcess } from "#test/support/gyre-process.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";
import { BodyMaker } from "./body-maker.ts";
import { BodySender } from "./body-sender.ts";
import type { BodyAnswer } from "./body-sender.ts";
import { ClassCounts } from "./class-counts.ts";
import { failingBodies, saveFailingBody } from "./failing-bodies.ts";
import type { FuzzBody } from "./fuzz-body.ts";
import { readLogContent } from "./log-content.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { fullBulkBodies } from "./mutations/bulk-mutations.ts";
import { OfferedSamples } from "./offered-samples.ts";
import type { CampaignResult, ReceiverCampaignOptions } from "./receiver-campaign.ts";
import { readFaults, readOverHttp, seriesCountOf } from "./stored-over-http.ts";
import type { ReadOverHttp } from "./stored-over-http.ts";
import { TwinRows } from "./twin-rows.ts";

const CONNECTIONS = 8;
const WARM_SHARE = 0.1;
const GROWTH_BYTES_MAX: number = 64 * 1024 * 1024;
const FAULTS_MAX = 20;
/** Bodies between two looks at the node's memory. */
const LOOK_BODIES = 200;
const PROGRESS_BODIES = 10_000;
/** The largest bodies are sent this often at the start, so that every worker has had each. */
const FULL_ROUNDS = 4;
const MIB = 1024 * 1024;
/** What `src/cli/launch.mjs` gives the process. */
const LAUNCHER_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: String(MIB) };

export async function runNodeCampaign(options: ReceiverCampaignOptions): Promise<CampaignResult> {
  const data = mkdtempSync(join(tmpdir(), "gyre-fuzz-"));
  try {
    return await new NodeCampaign(options, data).run();
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

class NodeCampaign {
  readonly #options: ReceiverCampaignOptions;
  readonly #data: string;
  readonly #maker: BodyMaker;
  readonly #twin = new TwinRows();
  readonly #offered = new OfferedSamples();
  readonly #counts = new ClassCounts();
  readonly #faults: string[] = [];
  readonly #nowMs: number = Date.now();
  #slowestMs = 0;
  #slowest = "";

  constructor(options: ReceiverCampaignOptions, data: string) {
    this.#options = options;
    this.#data = data;
    this.#maker = new BodyMaker(options.seed, this.#nowMs);
  }

  async run(): Promise<CampaignResult> {
    const { seed, isLong } = this.#options;
    let node = await this.#start();
    const memory = new MemoryWatch(node.pid);
    const lines: string[] = [];
    try {
      const sender = new BodySender(node.port, CONNECTIONS);
      await this.#warmUp(sender);
      this.#slowestMs = 0;
      await this.#sendAll(sender, memory);
      sender.close();
      lines.push(`node: ${memory.text}, ${await headText(node)}`);
      const before = await seriesCountOf(node.url, this.#nowMs);
      // Whatever was acknowledged is on disk: no chance to tidy up.
      await node.end("SIGKILL");
      node = await this.#start();
      const after = await seriesCountOf(node.url, this.#nowMs);
      if (before !== after) this.#faults.push(`${before} series before the kill, ${after} after`);
      const read = await readOverHttp(node.url, this.#nowMs);
      await node.end("SIGTERM");
      lines.push(this.#compare(await readLogContent(this.#data), read));
    } catch (error) {
      this.#faults.push(`${error instanceof Error ? error.stack : String(error)}\n${node.log}`);
    } finally {
      await node.end("SIGKILL");
    }
    if (isLong && memory.growthBytes > GROWTH_BYTES_MAX) {
      this.#faults.push(`the node grew by ${(memory.growthBytes / MIB).toFixed(1)} MiB`);
    }
    const slowest = `slowest answer ${this.#slowestMs.toFixed(0)} ms (${this.#slowest})`;
    lines.unshift(...this.#counts.lines, `node: ${slowest}`);
    const { total } = this.#counts;
    const decoded = (100 * this.#counts.decodedShare).toFixed(1);
    const what = `${total} bodies, ${decoded} % past decompression`;
    lines.push(`node: seed ${seed}, ${what}, ${this.#faults.length} faults`);
    return { lines, faults: this.#faults, counts: this.#counts };
  }

  #start(): Promise<GyreProcess> {
    return GyreProcess.start({
      data: this.#data,
      args: ["--selfScrape.interval", "0"],
      env: LAUNCHER_ENVIRONMENT,
    });
  }

  /** Largest bodies first: what they touch of the kernels' memory stays touched. */
  async #warmUp(sender: BodySender): Promise<void> {
    const full = this.#options.isLong ? fullBulkBodies() : [];
    const rounds = Array.from({ length: FULL_ROUNDS }, () => full).flat();
    await this.#sendEach(sender, [...failingBodies(), ...rounds].values(), () => {});
  }

  async #sendAll(sender: BodySender, memory: MemoryWatch): Promise<void> {
    const { count, progress } = this.#options;
    const warm = Math.floor(WARM_SHARE * count);
    let done = 0;
    await this.#sendEach(sender, this.#bodies(), (body, outcome, isDecoded) => {
      this.#counts.add(body.mutation, outcome, isDecoded);
      done++;
      if (done % LOOK_BODIES === 0) memory.sample();
      if (done === warm) memory.warm();
      if (done % PROGRESS_BODIES === 0) progress(`${done} bodies, ${memory.text}`);
    });
    memory.sample();
  }

  *#bodies(): Generator<FuzzBody> {
    for (let i = 0; i < this.#options.count; i++) yield this.#maker.body(i);
  }

  async #sendEach(
    sender: BodySender,
    bodies: IterableIterator<FuzzBody>,
    answered: (body: FuzzBody, outcome: string, isDecoded: boolean) => void,
  ): Promise<void> {
    let index = 0;
    const connection = async (): Promise<void> => {
      for (const body of bodies) {
        if (this.#faults.length >= FAULTS_MAX) return;
        const isChunked = index++ % 16 === 0;
        const reading = this.#twin.read(body);
        if (reading.kind === "read") this.#offered.offer(reading.rows);
        const answer = await sender.send(body, isChunked);
        this.#time(body, answer);
        if (reading.kind === "refused") {
          if (answer.status !== reading.status) this.#fault(body, answer, reading.status);
          answered(body, String(answer.status), reading.isDecoded);
          continue;
        }
        const isRight = answer.status === 400 || (answer.status === 204 && reading.isSound);
        if (!isRight) this.#fault(body, answer, reading.isSound ? 204 : 400);
        if (answer.status === 204) this.#offered.acknowledge(reading.rows);
        answered(body, answer.status === 400 ? "400 in part" : String(answer.status), true);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  }

  #time(body: FuzzBody, { latencyMs }: BodyAnswer): void {
    if (latencyMs <= this.#slowestMs) return;
    this.#slowestMs = latencyMs;
    this.#slowest = `${body.mutation}, ${body.encoding}, ${body.bytes.length} bytes`;
  }

  #fault(body: FuzzBody, answer: BodyAnswer, want: number): void {
    const why = `got ${answer.status} ${answer.text.slice(0, 200).trim()}, want ${want}`;
    const path = saveFailingBody(body, why);
    this.#faults.push(`${body.mutation}: ${why}; saved ${path}`);
    this.#options.progress(this.#faults.at(-1)!);
  }

  #compare(stored: readonly StoredSeries[], read: ReadOverHttp): string {
    const faults = [...this.#offered.faults(stored), ...readFaults(read, stored, this.#nowMs)];
    this.#faults.push(...faults);
    const samples = stored.reduce((sum, series) => sum + series.samples.length, 0);
    return (
      `node: killed and replayed, holds ${samples} samples of ${stored.length} series, ` +
      `${this.#offered.ackedSamples} of them acknowledged; ${read.size} series read over HTTP; ` +
      `${faults.length} differences`
    );
  }
}

/** What the node says it holds of all that was acknowledged. */
async function headText(node: GyreProcess): Promise<string> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const sum = (name: string): number => {
    const lines = text.split("\n").filter((one) => one.startsWith(`${name}{`));
    return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  };
  return (
    `of which stored samples ${(sum("gyre_head_used_bytes") / MIB).toFixed(1)} MiB, ` +
    `beside ${sum("gyre_storage_exemplars")} exemplars and ` +
    `${sum("gyre_storage_described_metrics")} described metrics`
  );
}
