/**
 * A node as the target of scripts: a tenant of its own per `clear`, samples by remote write, queries
 * over the API. What the node cannot store yet is kept from it, and evaluations that would read it
 * are named as gaps of the node; what the API does not show is named too, so nothing passes unseen.
 */
import { compileMatchers } from "#model/matches-labels.ts";
import { extractSelectors } from "#promql/analyze/extract-selectors.ts";
import type { QueryWindow } from "#promql/analyze/query-window.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { ALL_PARSE_FEATURES } from "#promql/parse/parse-options.ts";
import { parsePromql } from "#promql/parse/parse-promql.ts";
import { printPromql } from "#promql/parse/print.ts";
import type { QueryResult } from "#promql/query-result.ts";
import type { LoadedSeries } from "#promql/script/classic-to-native.ts";
import type { EvalCommand } from "#promql/script/script-commands.ts";
import type { ScriptObstacle, ScriptTarget } from "#promql/script/script-target.ts";
import { shownHistogram } from "#promql/script/shown-histogram.ts";
import { parseApiReply } from "../api-reply.ts";
import type { CliDeps, HttpReply, PostBody } from "../cli-deps.ts";
import { queryResultOf } from "./query-result-of.ts";
import { writeBody } from "./write-body.ts";
import { writeRounds } from "./write-rounds.ts";

/** Far beyond what a script's query takes. */
const TIMEOUT_MS = 60_000;
const WRITE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
};
/** How parse errors are introduced, which scripts do not write. */
const PARSE_PREFIX = /^invalid parameter "query": /;

export class HttpTarget implements ScriptTarget {
  readonly shown: typeof shownHistogram = shownHistogram;
  readonly #url: string;
  readonly #post: CliDeps["post"];
  #tenant = 0;
  /** Series of this tenant that the node could not be given, and why. */
  #missing: { readonly series: LoadedSeries; readonly reason: string }[] = [];

  constructor(url: string, post: CliDeps["post"]) {
    this.#url = url.replace(/\/+$/, "");
    this.#post = post;
  }

  async clear(): Promise<void> {
    const { status, body } = await this.#send("/api/v1/admin/tenants", new URLSearchParams());
    if (status !== 200) {
      throw new Error(`cannot make a tenant: got HTTP status ${status}: ${body.trim()}`);
    }
    this.#tenant = (JSON.parse(body) as { data: { tenant: number } }).data.tenant;
    this.#missing = [];
  }

  async load(series: readonly LoadedSeries[]): Promise<void> {
    const stored: LoadedSeries[] = [];
    for (const one of series) {
      const reason = unstorable(one);
      if (reason === null) stored.push(one);
      else this.#missing.push({ series: one, reason });
    }
    const path = `/insert/${this.#tenant}/prometheus/api/v1/write`;
    for (const round of writeRounds(stored)) {
      const { status, body } = await this.#send(path, writeBody(round), WRITE_HEADERS);
      if (status >= 300) throw new Error(`cannot load: got HTTP status ${status}: ${body.trim()}`);
    }
  }

  obstacle(_command: EvalCommand, expr: Expr): ScriptObstacle | null {
    for (const selector of extractSelectors(expr)) {
      const matches = compileMatchers(selector.matchers);
      const missing = this.#missing.find(({ series }) => matches(series.labels));
      if (missing !== undefined) return { kind: "gap", reason: missing.reason };
    }
    return null;
  }

  async evaluate(expr: Expr, text: string, window: QueryWindow): Promise<QueryResult> {
    const { startMs, endMs, stepMs } = window;
    const isInstant = stepMs === 0;
    const form = new URLSearchParams({ query: textOf(expr, text) });
    if (isInstant) form.set("time", String(startMs / 1000));
    else {
      form.set("start", String(startMs / 1000));
      form.set("end", String(endMs / 1000));
      form.set("step", String(stepMs / 1000));
    }
    const path = isInstant ? "query" : "query_range";
    const reply = await this.#send(`/select/${this.#tenant}/prometheus/api/v1/${path}`, form);
    const answer = parseApiReply(reply.body);
    if (answer === null) throw new Error(`got HTTP status ${reply.status}, want an API answer`);
    if (answer.status === "error" || answer.data === undefined) {
      throw new Error((answer.error ?? "").replace(PARSE_PREFIX, ""));
    }
    return queryResultOf(answer, answer.data);
  }

  async #send(
    path: string,
    body: PostBody,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HttpReply> {
    try {
      return await this.#post(`${this.#url}${path}`, body, TIMEOUT_MS, headers);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new Error(`cannot ask ${this.#url}${path}: ${cause}`, { cause: error });
    }
  }
}

function unstorable({ samples }: LoadedSeries): string | null {
  return samples.some(({ startMs }) => startMs !== 0)
    ? "the node stores no start timestamps yet"
    : null;
}

/** The text as it was written, unless the tree has been changed since. */
function textOf(expr: Expr, text: string): string {
  const printed = printPromql(expr);
  return printPromql(parsePromql(text, ALL_PARSE_FEATURES)) === printed ? text : printed;
}
