/**
 * One data set and some queries about it. The reference holds the data for as long as the round is
 * open; the answers it gives can be held against any number of engines.
 */
import type { Answer } from "./answers/answer.ts";
import type { DataProfile, DataSet } from "./data/data-set.ts";
import { makeDataSet } from "./data/make-data-set.ts";
import { Judge } from "./judge.ts";
import type { Variant, Verdict } from "./judge.ts";
import { makeQuery } from "./queries/make-query.ts";
import type { GeneratedQuery } from "./queries/make-query.ts";
import { REFERENCES, referenceAt } from "./references/reference-kinds.ts";
import type { ReferenceKind } from "./references/reference-kinds.ts";
import { ReferenceServer } from "./references/reference-server.ts";

export interface RoundPlan {
  readonly seed: number;
  readonly profile: DataProfile;
  readonly dataIndex: number;
  readonly firstQuery: number;
  readonly queryCount: number;
}

export interface Outcome {
  readonly plan: RoundPlan;
  readonly queryIndex: number;
  readonly query: GeneratedQuery;
  readonly got: Answer;
  readonly want: Answer;
  readonly verdict: Verdict;
}

/** Questions on their way to the reference while the engine answers its own. */
const IN_FLIGHT = 8;

export class Round implements AsyncDisposable {
  readonly plan: RoundPlan;
  readonly data: DataSet;
  readonly kind: ReferenceKind;
  readonly #server: ReferenceServer;
  readonly #wanted: Map<number, Promise<Answer>> = new Map();

  private constructor(
    plan: RoundPlan,
    data: DataSet,
    kind: ReferenceKind,
    server: ReferenceServer,
  ) {
    this.plan = plan;
    this.data = data;
    this.kind = kind;
    this.#server = server;
  }

  static async open(plan: RoundPlan, reference: ReferenceKind): Promise<Round> {
    const kind = referenceAt(reference, plan.dataIndex);
    const data = makeDataSet(plan.seed, plan.dataIndex, plan.profile);
    const server = await ReferenceServer.start(kind, data.series);
    return new Round(plan, data, kind, server);
  }

  query(queryIndex: number): GeneratedQuery {
    const { seed, profile, dataIndex } = this.plan;
    // Queries about quiet data are the same for both references.
    const { language } = profile === "quiet" ? REFERENCES["2.42"] : this.kind;
    return makeQuery({ seed, dataIndex, queryIndex }, this.data, language);
  }

  async *outcomes(variant?: Variant): AsyncGenerator<Outcome> {
    const { plan } = this;
    const judge = new Judge(this.data, this.kind, variant);
    const end = plan.firstQuery + plan.queryCount;
    for (let queryIndex = plan.firstQuery; queryIndex < end; queryIndex++) {
      for (let ahead = queryIndex; ahead < Math.min(queryIndex + IN_FLIGHT, end); ahead++) {
        this.#want(ahead).catch(() => null);
      }
      const query = this.query(queryIndex);
      const got = await judge.ask(query);
      const want = await this.#want(queryIndex);
      yield { plan, queryIndex, query, got, want, verdict: await judge.judge(query, got, want) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** Asked once, however many engines are held against it. */
  #want(queryIndex: number): Promise<Answer> {
    let answer = this.#wanted.get(queryIndex);
    if (answer === undefined) {
      answer = this.#server.ask(this.query(queryIndex));
      this.#wanted.set(queryIndex, answer);
    }
    return answer;
  }
}
