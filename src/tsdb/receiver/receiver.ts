/**
 * The write door of one worker: bodies in, answers out. It decodes one body at a time, resolves
 * label sets to (shard, ref) by exact bytes, splits the samples by shard and hands them over slice
 * by slice; a request is answered when every part is durable.
 *
 * Invariants: a body is answered exactly once; nothing waits inside (no room means the body stays
 * where it is until `pump`); a cached identity is only ever a shortcut, the shard decides.
 * Not shared between threads.
 */
import { EngineError } from "#base/engine-error.ts";
import { BoundedQueue } from "#base/collections/bounded-queue.ts";
import { OWNER_INVALID, OWNER_KNOWN, OWNER_UNPLACED } from "#kernels/layout/route-layout.ts";
import { shardOfPlacement } from "#model/placement.ts";
import type { PlacementOptions } from "#model/placement.ts";
import { NO_SERIES_REF, shardId } from "#model/refs.ts";
import type { TenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { BodyAppender, BodyOptions, BodySink, BodyVerdict } from "#storage/body-appender.ts";
import { BODY_TOO_LARGE, OVERLOADED } from "#storage/storage-errors.ts";
import { VERDICT_LABELS_INVALID, VERDICT_SERIES_EMPTY } from "#storage/verdict.ts";
import { SLICE_LABEL_BYTES_MAX, SLICE_SAMPLES_MAX } from "./batch-router.ts";
import type { BatchRouter } from "./batch-router.ts";
import type { BodyDecoder, DecodedBody } from "./body-decoder.ts";
import { ID_UNKNOWN } from "./body-decoder.ts";
import { BodyPool } from "./body-pool.ts";
import { HistogramBatches, type RefuseHistogram } from "./histogram-batches.ts";
import { ItemBatches, type RefuseExemplar } from "./item-batches.ts";
import { PooledSink } from "./pooled-sink.ts";
import { REJECTIONS_MAX, RequestLedger } from "./request-ledger.ts";
import type { LedgerPart, LedgerRequest } from "./request-ledger.ts";
import type { RowRouter } from "./row-router.ts";
import { ShardPart } from "./shard-part.ts";
import { SliceSender } from "./slice-sender.ts";

export interface ReceiverOptions {
  readonly decoder: BodyDecoder;
  readonly router: BatchRouter;
  readonly clock: Clock;
  /** The log that each shard writes to. */
  readonly shardLogs: Uint16Array;
  readonly placement: PlacementOptions;
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  /** Bytes of bodies in flight; passing it answers 503. */
  readonly inflightBytesMax: number;
  readonly deadlineMs: number;
  /** Runs it in a later turn of the event loop, after the events that wait now. */
  readonly defer: (run: () => void) => void;
  /** Throws an `EngineError` for samples over their tenant's rate. */
  readonly chargeSamples?: (tenant: TenantId, count: number) => void;
}

/** Bodies waiting for the one being decoded; beyond it `open` says no. */
const WAITING_BODIES_MAX = 4096;
/** A body is read again after stale refs at most this often; a shard rarely restarts even once. */
const RESENDS_MAX = 3;
/**
 * Unacceptable label sets up to this size are remembered, so that a wrong setting of an honest sender
 * costs little; larger ones are read again each time, or bodies of garbage would fill the memory.
 */
const INVALID_KEPT_BYTES_MAX: number = 16 * 1024;
/** What dealing out a row returns when the identity table has no room for its labels. */
const TABLE_FULL = -1;
/** Routing takes at most this long at a stretch; queries and other senders go in between. */
const TURN_MS_MAX = 10;

const NO_IDS = new Uint32Array(0);

interface PendingBody {
  readonly bytes: Uint8Array;
  readonly options: BodyOptions;
  readonly resolve: (verdict: BodyVerdict) => void;
  readonly reject: (error: unknown) => void;
  readonly deadlineMs: number;
  resends: number;
}

/** The body being routed; the row router holds the cursor. */
interface CurrentBody {
  readonly body: PendingBody;
  readonly request: LedgerRequest;
  /** Replaced when the identities are dropped under way. */
  decoded: DecodedBody;
  row: number;
}

/** Totals since start. */
export interface ReceiverCounts {
  bodies: number;
  samples: number;
  written: number;
  rejected: number;
  newSeries: number;
  exemplars: number;
  exemplarsWritten: number;
}

export class Receiver implements BodyAppender {
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  readonly counts: ReceiverCounts = {
    bodies: 0,
    samples: 0,
    written: 0,
    rejected: 0,
    newSeries: 0,
    exemplars: 0,
    exemplarsWritten: 0,
  };
  readonly #options: ReceiverOptions;
  readonly #pool: BodyPool;
  readonly #ledger = new RequestLedger();
  readonly #router: RowRouter;
  /** Changes when identities are dropped, so that answers for old ones are recognised. */
  #identityEpoch = 1;
  readonly #waiting = new BoundedQueue<PendingBody>(WAITING_BODIES_MAX);
  readonly #parts: ShardPart[];
  /** Parts with samples in the slice at hand. */
  #touched: ShardPart[] = [];
  readonly #items: ItemBatches;
  readonly #histograms: HistogramBatches;
  readonly #sender: SliceSender;
  readonly #fingerprint = new Uint32Array(2);
  readonly #placement = new Uint32Array(2);
  /** Identities with a label entry in the slice at hand, and which: each has one a slice. */
  readonly #entryIds = new Uint32Array(SLICE_SAMPLES_MAX);
  readonly #entries = new Uint32Array(SLICE_SAMPLES_MAX);
  #entryCount = 0;
  #slice = 0;
  #current: CurrentBody | null = null;
  /** The rest is done in a later turn; until then nobody else goes on with it. */
  #isDeferred = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.bodyBytesMax = options.bodyBytesMax;
    this.decodedBytesMax = options.decodedBytesMax;
    this.#pool = new BodyPool(options.inflightBytesMax);
    const { shardLogs, placement } = options;
    this.#parts = Array.from(shardLogs, (_, i) => new ShardPart(shardId(i)));
    this.#router = options.decoder.rowRouter(shardLogs);
    this.#sender = new SliceSender(this.#ledger, this.#router, options.router, shardLogs);
    this.#items = new ItemBatches(options.decoder.items, placement, shardLogs.length);
    this.#histograms = new HistogramBatches({
      decoder: options.decoder,
      router: this.#router,
      placement,
      shardCount: shardLogs.length,
    });
  }

  get identityBytes(): number {
    return this.#options.decoder.identityBytes;
  }

  /** Parts that bodies were sent in, since start. */
  get partCount(): number {
    return this.#sender.partCount;
  }

  get openRequests(): number {
    return this.#ledger.openCount;
  }

  open(options: BodyOptions, declaredBytes: number): BodySink | null {
    if (this.#waiting.size >= WAITING_BODIES_MAX) return null;
    const size = Math.min(Math.max(declaredBytes, 0), this.bodyBytesMax);
    const buffer = this.#pool.take(size);
    if (buffer === null) return null;
    return new PooledSink({
      pool: this.#pool,
      buffer,
      bytesMax: this.bodyBytesMax,
      submit: (bytes) => this.#submit(bytes, options),
    });
  }

  #submit(bytes: Uint8Array, options: BodyOptions): Promise<BodyVerdict> {
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#options.clock.monoMs() + this.#options.deadlineMs;
      const body = { bytes, options, resolve, reject, deadlineMs, resends: 0 };
      if (this.#waiting.push(body)) this.pump();
      else reject(new EngineError(OVERLOADED, "cannot accept the body: too many bodies wait"));
    });
  }

  /** Goes on with waiting bodies. Call when rings drained, the log moved or an answer came. */
  pump(): void {
    if (this.#isDeferred) return;
    const { clock, router, decoder } = this.#options;
    const turnEndMs = clock.monoMs() + TURN_MS_MAX;
    while (this.#current !== null || this.#waiting.size > 0) {
      this.#current ??= this.#start();
      const current = this.#current;
      if (clock.monoMs() > turnEndMs) return this.#goOnLater();
      if (current === null) continue;
      if (current.row < current.decoded.rowCount && !current.request.settled) {
        if (!router.hasRoom()) return;
        this.#routeSlice(current);
        continue;
      }
      if (!this.#histograms.isDone && !current.request.settled) {
        if (!router.hasRoom()) return;
        this.#sendHistograms(current);
        continue;
      }
      if (!this.#items.isDone && !current.request.settled) {
        if (!router.hasRoom()) return;
        this.#sendItems(current);
        continue;
      }
      this.#current = null;
      decoder.learnOrder();
      this.#ledger.seal(current.request);
    }
  }

  #goOnLater(): void {
    this.#isDeferred = true;
    this.#options.defer(() => {
      this.#isDeferred = false;
      this.pump();
    });
  }

  /** Takes the answer to a slice that the router has sent. */
  answer(reply: AppendReply): void {
    const part = this.#ledger.answer(reply);
    let isDurable = true;
    for (const shard of reply.shards) {
      this.#learn(part, shard);
      isDurable &&= shard.status === REPLY_DURABLE;
    }
    if (part !== null && isDurable) this.#items.noteDurable(part.metadataHashes);
  }

  /** Keeps what a shard says of its refs; `part` is null when the request is gone. */
  #learn(part: LedgerPart | null, reply: ShardReply): void {
    const { shard, generation } = reply;
    // A shard that is not open has no generation to tell.
    if (generation !== 0 && generation !== this.#router.generation(shard)) {
      this.#router.forgetRefs(shard, generation);
    }
    if (part === null || reply.status !== REPLY_DURABLE) return;
    if (part.identityEpoch !== this.#identityEpoch) return;
    const ids = part.entries.find((one) => one.shard === shard)?.ids ?? NO_IDS;
    for (let i = 0; i < ids.length; i++) {
      const [id, ref] = [ids[i]!, reply.refs[i]!];
      // One that was refused is asked for again when it comes again.
      if (ref !== NO_SERIES_REF && id !== ID_UNKNOWN) this.#router.setRef(id, shard, ref);
    }
  }

  /** Fails requests past their deadline; from a coarse timer. */
  expire(): void {
    this.#ledger.expire(this.#options.clock.monoMs());
    const current = this.#current;
    if (current !== null && current.request.settled) this.pump();
    const nowMs = this.#options.clock.monoMs();
    for (;;) {
      const body = this.#waiting.peek();
      if (body === undefined || body.deadlineMs > nowMs) return;
      this.#waiting.shift();
      body.reject(
        new EngineError(OVERLOADED, "cannot accept the body: queued longer than its deadline"),
      );
    }
  }

  /** Takes the next body up; null when there is none or it cannot be read. */
  #start(): CurrentBody | null {
    const body = this.#waiting.shift();
    if (body === undefined) return null;
    if (this.#options.decoder.isFull()) this.#dropIdentities();
    try {
      const decoded = this.#options.decoder.decode(body.bytes, body.options);
      const { tenant, format } = body.options;
      // One that is read again was charged when it came.
      const sampleCount = decoded.sampleCount + decoded.histogramCount;
      if (body.resends === 0) this.#options.chargeSamples?.(tenant, sampleCount);
      const settle = (outcome: BodyVerdict | EngineError | "resend"): void => {
        if (outcome === "resend") this.#resend(body);
        else if (outcome instanceof EngineError) body.reject(outcome);
        else this.#answerBody(body, outcome);
      };
      const tellsExemplars = format === "remote-write-2";
      const request = this.#ledger.open(body.deadlineMs, settle, tellsExemplars);
      this.counts.bodies++;
      this.counts.samples += sampleCount;
      this.counts.exemplars += decoded.exemplarCount;
      this.#refuseEmpty(request, decoded.emptySeriesCount);
      this.#router.startBody(decoded.rowCount);
      this.#histograms.start(decoded);
      this.#items.start(decoded.itemCount, tenant);
      return { body, request, decoded, row: 0 };
    } catch (error) {
      body.reject(error);
      if (!(error instanceof EngineError)) throw error;
      return null;
    }
  }

  #answerBody(body: PendingBody, verdict: BodyVerdict): void {
    this.counts.written += verdict.samplesWritten + verdict.histogramsWritten;
    this.counts.rejected += verdict.rejectedCount;
    this.counts.exemplarsWritten += verdict.exemplarsWritten;
    body.resolve(verdict);
  }

  #resend(body: PendingBody): void {
    body.resends++;
    if (body.resends > RESENDS_MAX) {
      body.reject(new EngineError(OVERLOADED, "cannot resolve series: their shard keeps changing"));
    } else if (this.#waiting.push(body)) {
      // The pump that brought the answer here goes on with it.
      queueMicrotask(() => this.pump());
    } else {
      body.reject(new EngineError(OVERLOADED, "cannot accept the body: too many bodies wait"));
    }
  }

  #refuseEmpty(request: LedgerRequest, count: number): void {
    if (count === 0) return;
    const detail = `${count} series`;
    const verdict = VERDICT_SERIES_EMPTY;
    this.#ledger.reject(request, count, { verdict, series: "", timestampMs: null, detail });
  }

  /** Rows of a body hold the ids of their identities: they must be decoded anew after this. */
  #dropIdentities(): void {
    this.#options.decoder.forget();
    this.#identityEpoch++;
  }

  #routeSlice(current: CurrentBody): void {
    const router = this.#router;
    this.#slice++;
    this.#entryCount = 0;
    router.begin();
    let labelBytesLeft = SLICE_LABEL_BYTES_MAX;
    let isTableFull = false;
    // Rows of series without a usable ref stop the router; they are few once senders are known.
    while (labelBytesLeft > 0 && router.budget > 0 && !router.run()) {
      const labelBytes = this.#routeRow(current);
      isTableFull = labelBytes === TABLE_FULL;
      if (isTableFull) break;
      labelBytesLeft -= labelBytes;
    }
    current.row = router.row;
    this.#sendSlice(current);
    if (isTableFull) this.#startTableAnew(current);
  }

  /** One body names more label sets than the table had room for: the rest goes with an empty one. */
  #startTableAnew(current: CurrentBody): void {
    const { decoder } = this.#options;
    const { row, rowSample } = this.#router;
    if (decoder.identityBytes === 0) {
      const cause = `the labels of series ${row} are larger than all memory for labels`;
      this.#ledger.fail(
        current.request,
        new EngineError(BODY_TOO_LARGE, `cannot accept the body: ${cause}`),
      );
      return;
    }
    this.#dropIdentities();
    current.decoded = decoder.decode(current.body.bytes, current.body.options);
    this.#router.startBody(current.decoded.rowCount, row, rowSample);
  }

  /** Deals out the row at the router's cursor by its labels; the label bytes read, or full. */
  #routeRow(current: CurrentBody): number {
    const { decoded, request } = current;
    const router = this.#router;
    const { row, rowSample } = router;
    const known = decoded.ids[row]!;
    if (known === ID_UNKNOWN && decoded.labelBytes[row]! > INVALID_KEPT_BYTES_MAX) {
      const refused = this.#refuseLargeRow(current);
      if (refused > 0) return refused;
    }
    const id = known === ID_UNKNOWN ? this.#options.decoder.remember(row) : known;
    if (id === ID_UNKNOWN) return TABLE_FULL;
    // An answer came since the body was decoded: the router takes the row, now that it has an id.
    if (router.state(id) === OWNER_KNOWN) return 0;
    const labelBytes = this.#placeRow(row, id);
    const first = decoded.sampleStarts[row]! + rowSample;
    const left = decoded.sampleStarts[row + 1]! - first;
    const count = Math.min(left, router.budget);
    if (router.state(id) === OWNER_INVALID) this.#refuseRow(request, row, count);
    else this.#addSamples(current, id, first, first + count);
    router.skip(count, count === left);
    return labelBytes;
  }

  /** Refuses the row at the cursor when its labels are not acceptable; the bytes read, or 0. */
  #refuseLargeRow(current: CurrentBody): number {
    const { decoded, request } = current;
    const { row, rowSample } = this.#router;
    const labels = this.#options.decoder.canonicalise(row);
    if (labels.kind === "valid") return 0;
    const left = decoded.sampleStarts[row + 1]! - decoded.sampleStarts[row]! - rowSample;
    this.#refuseRow(request, row, left);
    this.#router.skip(left, true);
    return labels.sourceBytes;
  }

  /** Makes sure a row without a usable ref has a label entry; returns the label bytes read. */
  #placeRow(row: number, id: number): number {
    const router = this.#router;
    const state = router.state(id);
    if (state === OWNER_INVALID || this.#hasEntry(id)) return 0;
    const labels = this.#options.decoder.canonicalise(row);
    if (labels.kind === "invalid") {
      router.reject(id);
      return labels.sourceBytes;
    }
    this.#options.decoder.hashSeries(this.#options.placement, this.#fingerprint, this.#placement);
    const shard = shardOfPlacement(this.#placement[1]!, this.#parts.length);
    if (state === OWNER_UNPLACED) this.counts.newSeries++;
    const entry = this.#part(shard).addEntry(id, labels.bytes, this.#fingerprint, this.#placement);
    router.place(id, shard, this.#entryCount);
    this.#entryIds[this.#entryCount] = id;
    this.#entries[this.#entryCount] = entry;
    this.#entryCount++;
    // Never less than the canonical bytes, which the slice's size is about.
    return labels.sourceBytes;
  }

  /** What an identity notes may be of another slice, or a ref: it counts when the list agrees. */
  #hasEntry(id: number): boolean {
    const at = this.#router.ref(id);
    return at < this.#entryCount && this.#entryIds[at] === id;
  }

  #addSamples(current: CurrentBody, id: number, first: number, last: number): void {
    const { timestamps, valueWords: words } = current.decoded;
    const part = this.#part(this.#router.shard(id));
    const entry = this.#entries[this.#router.ref(id)]!;
    for (let i = first; i < last; i++) part.add(entry, timestamps[i]!, words, i);
  }

  /** Reasons are found again rather than kept: there may be millions, and few are ever told. */
  #refuseRow(request: LedgerRequest, row: number, count: number): void {
    // What a row without samples brings is refused where it is dealt out.
    if (count === 0) return;
    const isTold = request.rejections.length < REJECTIONS_MAX;
    const labels = isTold ? this.#options.decoder.canonicalise(row) : null;
    this.#ledger.reject(request, count, {
      verdict: VERDICT_LABELS_INVALID,
      series: "",
      timestampMs: null,
      detail: labels?.kind === "invalid" ? labels.reason : "",
    });
  }

  #part(shard: number): ShardPart {
    const part = this.#parts[shard]!;
    if (part.isUntouched(this.#slice)) this.#touched.push(part);
    return part;
  }

  #sendSlice({ request, body }: CurrentBody): void {
    const from = { request, identityEpoch: this.#identityEpoch };
    this.#sender.sendSamples(from, body.options, this.#touched);
    for (const part of this.#touched) part.clear();
    this.#touched = [];
  }

  #sendHistograms({ request, decoded, body }: CurrentBody): void {
    const refuse: RefuseHistogram = (rejection) => this.#ledger.reject(request, 1, rejection);
    const from = { request, identityEpoch: this.#identityEpoch };
    const batches = this.#histograms.slice(decoded, refuse);
    this.#sender.sendHistograms(from, body.options, batches);
  }

  #sendItems({ request, body }: CurrentBody): void {
    const refuse: RefuseExemplar = (detail, series) =>
      this.#ledger.rejectExemplar(request, detail, series);
    const from = { request, identityEpoch: this.#identityEpoch };
    this.#sender.sendItems(from, body.options, this.#items.slice(refuse));
  }
}
