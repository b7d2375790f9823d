/**
 * Messages between simulated nodes. Each directed link has its own latency, loss and cuts. By
 * default the port's contract holds: at most once, in order inside a channel, any order across
 * channels. Duplicates and reordering inside a channel go beyond it: they are for protocols that
 * number their messages and claim not to care.
 */
import { assert } from "#base/assert.ts";
import type { Channel, Network, NodeId } from "#runtime/ports/network.ts";
import type { Random } from "#runtime/ports/random.ts";
import { chance } from "./sim-random.ts";
import type { SimScheduler } from "./sim-scheduler.ts";

export interface LinkRates {
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
  readonly loss: number;
  /** Beyond the port's contract: the message arrives twice. */
  readonly duplicate: number;
  /** Beyond the port's contract: the message may overtake others of its channel. */
  readonly reorder: number;
  /** Send queue of one peer; `send` returns false beyond it. */
  readonly queuedBytesMax: number;
}

export const calmLink: LinkRates = {
  latencyMsMin: 0.1,
  latencyMsMax: 2,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  queuedBytesMax: 64 << 20,
};

/** How far a reordered message may fall behind, in multiples of the link's largest latency. */
const REORDER_LATENCIES = 10;

interface Link {
  rates: LinkRates;
  isCut: boolean;
  queuedBytes: number;
  /** Arrival time of the last message per channel: the next one comes no sooner. */
  readonly lastArrivalMs: Map<Channel, number>;
}

type Receive = (from: NodeId, channel: Channel, payload: Uint8Array) => void;

export class SimNetwork {
  readonly #scheduler: SimScheduler;
  readonly #random: Random;
  readonly #links = new Map<string, Link>();
  readonly #receivers = new Map<NodeId, Receive>();
  #defaults: LinkRates;
  readonly counts = { sent: 0, delivered: 0, lost: 0, duplicated: 0, refused: 0 };

  constructor(scheduler: SimScheduler, random: Random, defaults: LinkRates = calmLink) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#defaults = defaults;
  }

  /** The port of one process of `self`. A later call for the same node replaces its receiver. */
  endpoint(self: NodeId): Network {
    this.#receivers.delete(self);
    return {
      self,
      send: (to, channel, payload) => this.#send(self, to, channel, payload),
      onReceive: (receive) => void this.#receivers.set(self, receive),
    };
  }

  /** The node's process is gone: what is on its way to it is lost. */
  detach(node: NodeId): void {
    this.#receivers.delete(node);
  }

  setRates(from: NodeId, to: NodeId, rates: Partial<LinkRates>): void {
    const link = this.#link(from, to);
    link.rates = { ...link.rates, ...rates };
  }

  /** Rates of links not set one by one; also of existing ones. */
  setAllRates(rates: Partial<LinkRates>): void {
    this.#defaults = { ...this.#defaults, ...rates };
    for (const link of this.#links.values()) link.rates = { ...link.rates, ...rates };
  }

  /** Cuts one direction. Messages in flight on it are lost. */
  cut(from: NodeId, to: NodeId): void {
    this.#link(from, to).isCut = true;
  }

  /** Nodes in different groups no longer reach each other, in both directions. */
  partition(groups: readonly (readonly NodeId[])[]): void {
    for (const group of groups) {
      const others = groups.filter((other) => other !== group).flat();
      for (const from of group) for (const to of others) this.cut(from, to);
    }
  }

  heal(): void {
    for (const link of this.#links.values()) link.isCut = false;
  }

  #send(from: NodeId, to: NodeId, channel: Channel, payload: Uint8Array): boolean {
    const link = this.#link(from, to);
    if (link.queuedBytes + payload.length > link.rates.queuedBytesMax) {
      this.counts.refused += 1;
      return false;
    }
    this.counts.sent += 1;
    const copies = chance(this.#random, link.rates.duplicate) ? 2 : 1;
    this.counts.duplicated += copies - 1;
    for (let copy = 0; copy < copies; copy++) this.#dispatch(link, from, to, channel, payload);
    return true;
  }

  #dispatch(link: Link, from: NodeId, to: NodeId, channel: Channel, payload: Uint8Array): void {
    const { latencyMsMin, latencyMsMax, loss, reorder } = link.rates;
    const latencyMs = latencyMsMin + this.#random.float() * (latencyMsMax - latencyMsMin);
    const isLost = chance(this.#random, loss);
    let arrivalMs = this.#scheduler.nowMs + latencyMs;
    if (chance(this.#random, reorder)) {
      arrivalMs += this.#random.float() * REORDER_LATENCIES * latencyMsMax;
    } else {
      // The smallest step that keeps order apart from the tie-break of simultaneous events.
      const last = link.lastArrivalMs.get(channel);
      if (last !== undefined && arrivalMs <= last) arrivalMs = last + 1e-6;
      link.lastArrivalMs.set(channel, arrivalMs);
    }
    // A copy: sender and receiver each own their bytes.
    const bytes = payload.slice();
    link.queuedBytes += bytes.length;
    this.#scheduler.after(arrivalMs - this.#scheduler.nowMs, () => {
      link.queuedBytes -= bytes.length;
      const receive = this.#receivers.get(to);
      if (isLost || link.isCut || receive === undefined) {
        this.counts.lost += 1;
        return;
      }
      this.counts.delivered += 1;
      receive(from, channel, bytes);
    });
  }

  #link(from: NodeId, to: NodeId): Link {
    assert(!from.includes(">") && !to.includes(">"), "sim: node ids must not contain >");
    const key = `${from}>${to}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = { rates: this.#defaults, isCut: false, queuedBytes: 0, lastArrivalMs: new Map() };
      this.#links.set(key, link);
    }
    return link;
  }
}
