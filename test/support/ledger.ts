/**
 * What clients were promised, independent of any node: per connection the requests sent and those
 * acknowledged, and what a recovered node has shown since. Judges what a node has stored:
 *
 *   acknowledged ⊆ stored ⊆ sent, values bit-equal, no timestamp twice in a series,
 *   and once a recovered node was read, its answer for each request never changes again.
 *
 * Request n of a connection holds one sample per series, at `baseMs` + n. Outlives every crash.
 */
export interface LedgerShape {
  readonly connections: number;
  readonly seriesPerConnection: number;
  readonly baseMs: number;
}

/** Requests `from` < n <= `to` of one connection. */
export interface LedgerWindow {
  readonly connection: number;
  readonly from: number;
  readonly to: number;
}

/** Samples of one connection by series index, as the API writes them: seconds and decimal text. */
export type StoredSeries = ReadonlyMap<number, readonly (readonly [number, string])[]>;

/** Series of a request that were found, one bit each, fit a number. */
const SERIES_MAX = 31;
const EXPONENT_BIAS = 1023;
const EXPONENT_SPREAD = 64;

interface Account {
  sent: number;
  readonly acked: Set<number>;
  /** Up to here a recovered node was read. */
  settled: number;
  /** Settled requests without an acknowledgement: the series of them that are stored. */
  readonly shown: Map<number, number>;
}

export class Ledger {
  readonly shape: LedgerShape;
  readonly #accounts: readonly Account[];

  constructor(shape: LedgerShape) {
    if (shape.seriesPerConnection > SERIES_MAX) {
      throw new Error(
        `cannot keep a ledger of ${shape.seriesPerConnection} series per connection: ` +
          `want at most ${SERIES_MAX}`,
      );
    }
    this.shape = shape;
    this.#accounts = Array.from({ length: shape.connections }, () => ({
      sent: 0,
      acked: new Set(),
      settled: 0,
      shown: new Map(),
    }));
  }

  /** Number of the request that is sent now. */
  send(connection: number): number {
    return ++this.#account(connection).sent;
  }

  acknowledge(connection: number, n: number): void {
    this.#account(connection).acked.add(n);
  }

  sent(connection: number): number {
    return this.#account(connection).sent;
  }

  settled(connection: number): number {
    return this.#account(connection).settled;
  }

  isAcked(connection: number, n: number): boolean {
    return this.#account(connection).acked.has(n);
  }

  /** Requests whose sender does not know whether they are stored. */
  unacked(connection: number): number[] {
    const { sent, acked } = this.#account(connection);
    const open: number[] = [];
    for (let n = 1; n <= sent; n++) if (!acked.has(n)) open.push(n);
    return open;
  }

  get ackedRequests(): number {
    return this.#accounts.reduce((sum, { acked }) => sum + acked.size, 0);
  }

  /** Finite doubles with all kinds of mantissas, so that a wrong or rounded value shows. */
  value(connection: number, index: number, n: number): number {
    const low = mix32(n ^ mix32(connection * SERIES_MAX + index));
    const high = mix32(low + n);
    const exponent = EXPONENT_BIAS - EXPONENT_SPREAD + (high % (2 * EXPONENT_SPREAD));
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, low, true);
    view.setUint32(4, (high & 0x800fffff) | (exponent << 20), true);
    return view.getFloat64(0, true);
  }

  /** Compares what a node holds of a window; returns what is wrong, in words. */
  check(window: LedgerWindow, stored: StoredSeries): string[] {
    const problems: string[] = [];
    const { connection } = window;
    for (let index = 0; index < this.shape.seriesPerConnection; index++) {
      const found = this.#judgeStored(window, index, stored.get(index) ?? [], problems);
      this.#judgeMissing(window, index, found, problems);
    }
    for (const index of stored.keys()) {
      if (index >= 0 && index < this.shape.seriesPerConnection) continue;
      problems.push(`connection ${connection}: got series ${index}, which was never sent`);
    }
    return problems;
  }

  /** From now on unacknowledged requests of the window are as this recovered node shows them. */
  settle(window: LedgerWindow, stored: StoredSeries): void {
    const account = this.#account(window.connection);
    for (const [index, samples] of stored) {
      for (const [seconds] of samples) {
        const n = this.#number(seconds);
        if (n <= account.settled || account.acked.has(n)) continue;
        account.shown.set(n, (account.shown.get(n) ?? 0) | (1 << index));
      }
    }
    account.settled = Math.max(account.settled, window.to);
  }

  #judgeStored(
    { connection, from, to }: LedgerWindow,
    index: number,
    samples: readonly (readonly [number, string])[],
    problems: string[],
  ): ReadonlySet<number> {
    const { sent } = this.#account(connection);
    const name = `connection ${connection} series ${index}`;
    const found = new Set<number>();
    for (const [seconds, text] of samples) {
      const n = this.#number(seconds);
      if (found.has(n)) problems.push(`${name}: request ${n} stored twice`);
      found.add(n);
      if (n < 1 || n > sent) problems.push(`${name}: request ${n} was never sent`);
      else if (n <= from || n > to) problems.push(`${name}: request ${n} outside of the window`);
      const want = this.value(connection, index, n);
      if (Number(text) !== want) {
        problems.push(`${name}: request ${n} has value ${text}, want ${want}`);
      }
    }
    return found;
  }

  #judgeMissing(
    { connection, from, to }: LedgerWindow,
    index: number,
    found: ReadonlySet<number>,
    problems: string[],
  ): void {
    const { acked, shown, settled } = this.#account(connection);
    const name = `connection ${connection} series ${index}`;
    const lost: number[] = [];
    for (let n = from + 1; n <= to; n++) {
      const isFound = found.has(n);
      if (acked.has(n)) {
        if (!isFound) lost.push(n);
        continue;
      }
      if (n > settled) continue;
      const wasShown = ((shown.get(n) ?? 0) & (1 << index)) !== 0;
      if (wasShown && !isFound) problems.push(`${name}: request ${n} was shown, and is gone`);
      if (!wasShown && isFound) problems.push(`${name}: request ${n} was gone, and is back`);
    }
    if (lost.length === 0) return;
    problems.push(
      `${name}: ${lost.length} acknowledged requests lost, ${lost[0]} to ${lost.at(-1)}`,
    );
  }

  #number(seconds: number): number {
    return Math.round(seconds * 1000) - this.shape.baseMs;
  }

  #account(connection: number): Account {
    const account = this.#accounts[connection];
    if (account === undefined)
      throw new Error(`cannot find connection ${connection} in the ledger`);
    return account;
  }
}

/** Spreads every input bit over all output bits (finalizer of a 32-bit hash). */
function mix32(word: number): number {
  let mixed = word >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
