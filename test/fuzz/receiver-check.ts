/**
 * Phase one of the fuzz run, in process: each body goes through a receiver on the shipped kernels
 * into real shards, and through one on the TypeScript twins into plain maps. Verdicts, batches and
 * in the end the stored samples must be equal, and both must be what the twin decoded.
 */
import { must } from "#base/assert.ts";
import { negotiate } from "#ingest/prometheus-remote-write/negotiate.ts";
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import { PAGES_MAX } from "#kernels/kernel-memory.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import type { DecodedBody } from "#tsdb/receiver/body-decoder.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";
import { headersOf, type FuzzBody } from "./fuzz-body.ts";
import { FuzzReceiver } from "./fuzz-receiver.ts";
import type { BodyOutcome, StepTime } from "./fuzz-receiver.ts";
import { RowWatcher } from "./row-watcher.ts";
import { SampleDigest } from "./sample-digest.ts";
import { ShardHost } from "./shard-host.ts";
import { ShardModel } from "./shard-model.ts";

const SHARDS = 8;
const PLACEMENT = { seed: [3, 4], lanes: 4 } as const;
const MODULE = kernelModule(loadKernels(GYRE_MODULE_URL));
/** All regions of the twin's decoder: growing a plain buffer would copy it. */
const TWIN_PAGES = 16_384;
/** Codes that a sender's body may cause. Anything else is our fault. */
const SENDER_CODES = ["stored", "storage.body-malformed", "storage.body-too-large"];

export interface CheckedBody {
  /** `stored`, `unsupported` (415) or the code of the error. */
  readonly code: string;
  /** True when the body got past decompression. */
  readonly isDecoded: boolean;
  /** True when some samples were rejected. */
  readonly isPartial: boolean;
  readonly step: StepTime;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

export class ReceiverCheck {
  readonly #shipped: FuzzReceiver;
  readonly #twin: FuzzReceiver;
  #watcher: RowWatcher | null = null;
  #hosts: ShardHost[] = [];
  #models: ShardModel[] = [];
  #sentDigest = new SampleDigest();
  #generation = 0;

  /** `spoil` changes what the receiver under test decodes: a check of the check. */
  constructor(nowMs: number, spoil?: (decoded: DecodedBody) => void) {
    this.newShards();
    const common = { placement: PLACEMENT, shardCount: SHARDS, nowMs };
    const limits = { pagesInitial: 64, pagesMax: PAGES_MAX };
    this.#shipped = new FuzzReceiver({
      ...common,
      kernels: instantiateKernels(MODULE, limits),
      append: (batch) => this.#hosts[batch.shard]!.append(batch, nowMs),
      ...(spoil && { wrap: (decoder) => new RowWatcher(decoder, PLACEMENT, SHARDS, spoil) }),
    });
    this.#twin = new FuzzReceiver({
      ...common,
      kernels: instantiateTwins({ ...limits, pagesInitial: TWIN_PAGES }),
      append: (batch) => {
        const model = this.#models[batch.shard]!;
        const reply = model.append(batch, nowMs);
        this.#sum(model, batch);
        return reply;
      },
      wrap: (decoder) => (this.#watcher = new RowWatcher(decoder, PLACEMENT, SHARDS)),
    });
  }

  /** Empty shards of a new generation: every ref the receivers hold is stale from now on. */
  newShards(): void {
    const generation = ++this.#generation;
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    this.#hosts = shards.map((shard) => new ShardHost(shard, generation));
    const options = { shardCount: SHARDS, placement: PLACEMENT, generation };
    this.#models = shards.map((shard) => new ShardModel({ shard, ...options }));
  }

  async check(body: FuzzBody): Promise<CheckedBody> {
    const negotiated = negotiate(headersOf(body));
    if (negotiated.kind === "refused") {
      const step = { wallMs: 0, cpuMs: 0 };
      return { code: "unsupported", isDecoded: false, isPartial: false, step, faults: [] };
    }
    const watcher = must(this.#watcher, "the twin's decoder");
    watcher.reset();
    this.#sentDigest = new SampleDigest();
    const shipped = await this.#shipped.run(body.bytes, negotiated);
    const twin = await this.#twin.run(body.bytes, negotiated);
    return {
      code: shipped.code,
      isDecoded: shipped.code === "stored" || shipped.text.includes("cannot decode"),
      isPartial: (shipped.verdict?.rejectedCount ?? 0) > 0,
      step: shipped.step,
      faults: [...outcomeFaults(shipped, twin), ...this.#routeFaults(twin, watcher)],
    };
  }

  /** The body again, through the shipped kernels alone: it changes nothing, but takes its time. */
  async timeAgain(body: FuzzBody): Promise<StepTime> {
    const negotiated = negotiate(headersOf(body));
    if (negotiated.kind === "refused") return { wallMs: 0, cpuMs: 0 };
    return (await this.#shipped.run(body.bytes, negotiated)).step;
  }

  /** Compares what the shards hold, and would hold after a restart, with the model. */
  contentFaults(): string[] {
    return this.#hosts.flatMap((host, shard) => {
      const want = byKey(this.#models[shard]!.snapshot());
      const stored = difference(byKey(host.stored()), want);
      const replayed = difference(byKey(host.replayed()), want);
      return [
        ...(stored === null ? [] : [`shard ${shard} holds ${stored}`]),
        ...(replayed === null ? [] : [`shard ${shard} replayed holds ${replayed}`]),
      ];
    });
  }

  get storedSamples(): number {
    const ofModel = (model: ShardModel): number =>
      model.snapshot().reduce((sum, { samples }) => sum + samples.length, 0);
    return this.#models.reduce((sum, model) => sum + ofModel(model), 0);
  }

  #sum(model: ShardModel, batch: AppendBatch): void {
    const words = new Uint32Array(batch.values.buffer, batch.values.byteOffset);
    for (let i = 0; i < batch.sampleCount; i++) {
      const name = model.nameOf(batch, i) ^ batch.shard;
      this.#sentDigest.add(name, batch.timestamps[i]!, words[2 * i]!, words[2 * i + 1]!);
    }
  }

  #routeFaults(twin: BodyOutcome, watcher: RowWatcher): string[] {
    if (twin.verdict === null) return [];
    const faults: string[] = [];
    // After stale refs the body was read twice, and the first reading's names were void.
    if (watcher.decodes === 1 && this.#sentDigest.text !== watcher.digest.text) {
      faults.push(`batches hold ${this.#sentDigest.text}, want ${watcher.digest.text}`);
    }
    const { histogramsWritten, rejectedCount, exemplarsWritten } = twin.verdict;
    const samplesWritten = twin.verdict.samplesWritten + histogramsWritten;
    const total = (watcher.digest.count + watcher.refused) / watcher.decodes;
    const exemplars = Math.max(0, watcher.exemplars / watcher.decodes - exemplarsWritten);
    // Exemplars may be refused too, one by one; which of them is the model's to say.
    const exemplarsRefused = samplesWritten + rejectedCount - total;
    if (exemplarsRefused < 0 || exemplarsRefused > exemplars) {
      faults.push(`got ${samplesWritten} written + ${rejectedCount} rejected of ${total}`);
    }
    return faults;
  }
}

function outcomeFaults(shipped: BodyOutcome, twin: BodyOutcome): string[] {
  const faults: string[] = [];
  if (!SENDER_CODES.includes(shipped.code)) faults.push(`${shipped.code}: ${shipped.text}`);
  const [got, want] = [summary(shipped), summary(twin)];
  if (got !== want) faults.push(`kernels give ${got}, twins ${want}`);
  return faults;
}

function summary({ code, text, verdict, batches }: BodyOutcome): string {
  return JSON.stringify([code, text, verdict, batches]);
}

function byKey(series: readonly StoredSeries[]): Map<string, string> {
  return new Map(series.map(({ key, samples }) => [key, samples.join(" ")]));
}

/** The first difference, in words; null when both are the same. */
function difference(got: Map<string, string>, want: Map<string, string>): string | null {
  for (const [key, samples] of want) {
    const found = got.get(key);
    if (found !== samples) {
      return `${JSON.stringify(key)} = ${found?.slice(0, 300)}, want ${samples.slice(0, 300)}`;
    }
  }
  for (const key of got.keys()) if (!want.has(key)) return `${JSON.stringify(key)}, want none`;
  return null;
}
