/**
 * A real Gyre node that holds the data of one round: the whole way from remote write over log, head
 * and fan-out to JSON. Its answers are held against those of the engine over memory.
 */
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import type { QueryFeatures } from "#promql/query-options.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";
import type { Answer } from "../answers/answer.ts";
import { compareAnswers } from "../answers/compare-answers.ts";
import { serverAnswer } from "../answers/server-answer.ts";
import type { DataSeries } from "../data/data-set.ts";
import type { GeneratedQuery } from "../queries/make-query.ts";
import { toleranceOf } from "../tolerance-of.ts";
import type { ReferenceKind } from "./reference-kinds.ts";
import { pushSeries } from "./reference-server.ts";

const FLAGS: Partial<Record<keyof QueryFeatures, string>> = {
  experimentalFunctions: "promql-experimental-functions",
  extendedRangeSelectors: "promql-extended-range-selectors",
  delayedNameRemoval: "promql-delayed-name-removal",
  binaryFill: "promql-binop-fill-modifiers",
};
/** Which of equal rows they pick follows from the order of series, and a node has its own. */
const BY_ORDER = /\b(?:topk|bottomk|limitk)\b/;
/** Sums over several shards are added in another order, so of equal numbers something may be left. */
const REST = 1e-12;

export class GyreNode implements AsyncDisposable {
  readonly #folder: ScratchFolder;
  readonly #process: GyreProcess;

  private constructor(folder: ScratchFolder, process: GyreProcess) {
    this.#folder = folder;
    this.#process = process;
  }

  static async start(kind: ReferenceKind, series: readonly DataSeries[]): Promise<GyreNode> {
    const folder = new ScratchFolder();
    const flags = Object.entries(FLAGS).flatMap(([name, flag]) =>
      kind.features[name as keyof QueryFeatures] === true ? [flag] : [],
    );
    const args = flags.length > 0 ? ["--features", flags.join(",")] : [];
    const process = await GyreProcess.start({ data: folder.path, args });
    const node = new GyreNode(folder, process);
    try {
      await pushSeries(process.url, series);
      return node;
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Whether a node must answer as an engine over another store does. */
  mustAgree({ text }: GeneratedQuery): boolean {
    return !BY_ORDER.test(text);
  }

  /** Null when the node answers as the engine in this process does. */
  async difference(query: GeneratedQuery, want: Answer): Promise<string | null> {
    const got = await serverAnswer(this.#process.url, query);
    const tolerance = toleranceOf(parsePromql(query.text, ALL_PARSE_FEATURES));
    const options = { tolerance: { ...tolerance, absolute: REST }, isOrdered: query.isOrdered };
    const difference = compareAnswers(got, want, options);
    return difference === null ? null : `${query.text}: ${difference.text}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end("SIGTERM");
    this.#folder[Symbol.dispose]();
  }
}
