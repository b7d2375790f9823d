/**
 * The requests of a load: which series each one carries, in which order, at which times. All of them
 * together are one round, a scrape of the whole fleet.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import { encodeLabelFields } from "../ingest/label-fields.ts";
import { profileSeries, SERIES_PER_INSTANCE } from "../ingest/node-exporter-profile.ts";
import { LoadFleet } from "./load-fleet.ts";
import type { LoadPlan } from "./load-plan.ts";
import { RequestSkeleton } from "./request-skeleton.ts";

const SEED = 20_261_120;
/** Scrapes of one series are this far from their time at most, in the profile `jitter`. */
const JITTER_MS = 2000;

export class LoadRequests {
  readonly #plan: LoadPlan;
  readonly #random = new SeededRandom(SEED);
  readonly #fleet: LoadFleet;
  readonly #ids: Uint32Array;
  readonly #skeletons: RequestSkeleton[] = [];
  /** Hosts of each request's clocks. */
  readonly #hosts: Uint32Array[] = [];
  /** How often each host was replaced. */
  readonly #lives: Uint8Array;
  /** Place of each host's scrape in the interval, 0 to 1. */
  readonly #offsets: Float64Array;
  readonly #values: Float64Array;

  constructor(plan: LoadPlan) {
    const { series, perRequest, profile } = plan;
    const hosts = Math.ceil(series / SERIES_PER_INSTANCE);
    this.#plan = plan;
    this.#fleet = new LoadFleet(series, SEED, profile === "mantissa");
    this.#lives = new Uint8Array(hosts);
    this.#offsets = Float64Array.from({ length: hosts }, (_, host) => host / hosts);
    this.#values = new Float64Array(perRequest);
    this.#ids = Uint32Array.from({ length: series }, (_, id) => id);
    if (profile === "shuffled") this.#shuffle();
    for (let at = 0; at < series; at += perRequest) this.#add(at);
  }

  get count(): number {
    return this.#skeletons.length;
  }

  sampleCount(request: number): number {
    return this.#skeletons[request]!.sampleCount;
  }

  /** The next scrape of a request's series. The bytes are good until it is made again. */
  make(request: number, roundMs: number, intervalMs: number): Buffer {
    const skeleton = this.#skeletons[request]!;
    const hosts = this.#hosts[request]!;
    const ids = this.#idsOf(request);
    this.#fleet.step(ids, this.#values);
    const timestamps = new Float64Array(hosts.length);
    for (let clock = 0; clock < hosts.length; clock++) {
      let at = roundMs + this.#offsets[hosts[clock]!]! * intervalMs;
      if (this.#plan.profile === "jitter") at += (this.#random.float() - 0.5) * JITTER_MS;
      timestamps[clock] = Math.floor(at);
    }
    skeleton.fill(this.#values, timestamps);
    return skeleton.bytes;
  }

  /** Hosts of a share of the requests, the oldest first, go; as many new ones come. */
  replace(request: number): void {
    const { perRequest } = this.#plan;
    for (const host of new Set(this.#hosts[request])) this.#lives[host] = this.#lives[host]! + 1;
    this.#skeletons[request] = this.#skeleton(request * perRequest);
  }

  #idsOf(request: number): Uint32Array {
    const { perRequest } = this.#plan;
    return this.#ids.subarray(request * perRequest, (request + 1) * perRequest);
  }

  #add(at: number): void {
    const request = this.#skeletons.length;
    const hostOf = (id: number): number => Math.floor(id / SERIES_PER_INSTANCE);
    const all = Uint32Array.from(this.#idsOf(request), hostOf);
    // With jitter each sample has a time of its own.
    this.#hosts.push(this.#plan.profile === "jitter" ? all : Uint32Array.from(new Set(all)));
    this.#skeletons.push(this.#skeleton(at));
  }

  #skeleton(at: number): RequestSkeleton {
    const { perRequest, profile } = this.#plan;
    const request = at / perRequest;
    const ids = this.#idsOf(request);
    const clockOf = new Map([...this.#hosts[request]!].map((host, clock) => [host, clock]));
    const clocks = Uint32Array.from(ids, (id, i) => {
      return profile === "jitter" ? i : clockOf.get(Math.floor(id / SERIES_PER_INSTANCE))!;
    });
    const labels = Array.from(ids, (id) => {
      return encodeLabelFields(
        profileSeries(id, this.#lives[Math.floor(id / SERIES_PER_INSTANCE)]!),
      );
    });
    return new RequestSkeleton({ labels, clocks });
  }

  #shuffle(): void {
    const ids = this.#ids;
    for (let i = ids.length - 1; i > 0; i--) {
      const j = Math.floor(this.#random.float() * (i + 1));
      const swapped = ids[i]!;
      ids[i] = ids[j]!;
      ids[j] = swapped;
    }
  }
}
