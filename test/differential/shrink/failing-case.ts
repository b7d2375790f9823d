/** A query with its data, and the question that shrinking asks over and over: does it still fail? */
import type { Answer } from "../answers/answer.ts";
import type { DataSeries, DataSet } from "../data/data-set.ts";
import { Judge } from "../judge.ts";
import type { Variant } from "../judge.ts";
import type { GeneratedQuery } from "../queries/make-query.ts";
import type { ReferenceKind } from "../references/reference-kinds.ts";
import { ReferenceServer } from "../references/reference-server.ts";

export interface FailingCase {
  readonly series: readonly DataSeries[];
  readonly query: GeneratedQuery;
}

/** Servers started for one shrinking; what is left then is small enough for a reader. */
const TRIALS_MAX = 400;

export class Trial implements AsyncDisposable {
  readonly #data: DataSet;
  readonly #kind: ReferenceKind;
  readonly #variant: Variant;
  #series: readonly DataSeries[] | null = null;
  #server: ReferenceServer | null = null;
  #trials = 0;

  constructor(data: DataSet, kind: ReferenceKind, variant: Variant) {
    this.#data = data;
    this.#kind = kind;
    this.#variant = variant;
  }

  /** The answers differ, and no rule excuses it. */
  async fails(one: FailingCase): Promise<boolean> {
    const want = await this.want(one);
    if (want === null) return false;
    const judge = new Judge({ ...this.#data, series: one.series }, this.#kind, this.#variant);
    const got = await judge.ask(one.query);
    return (await judge.judge(one.query, got, want)).kind === "different";
  }

  /** The reference's answer; null when no further server may be started. */
  async want({ series, query }: FailingCase): Promise<Answer | null> {
    if (series !== this.#series) {
      if (++this.#trials > TRIALS_MAX) return null;
      await this.#server?.[Symbol.asyncDispose]();
      this.#server = await ReferenceServer.start(this.#kind, series);
      this.#series = series;
    }
    return this.#server!.ask(query);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
