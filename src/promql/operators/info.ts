/**
 * `info`: adds labels of info metrics (`target_info` unless told otherwise) to the series of its
 * argument. Series are joined on `job` and `instance`, each info metric on its own; of several info
 * series that would match, the one with the newest sample counts.
 */
import { type Labels, labelsKey, labelValue, METRIC_NAME } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { compileMatcher } from "#model/matches-labels.ts";
import { formatLabels } from "../columns/format-labels.ts";
import { keepLabels, withLabel } from "../columns/label-edit.ts";
import { MatrixBuilder } from "../columns/matrix-builder.ts";
import { ABSENT, emptyMatrix, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { Pace } from "../pace.ts";
import type { InfoPlan } from "../plan/plan-node.ts";
import { executionError } from "../query-errors.ts";
import type { EvalContext } from "./eval-context.ts";
import { selectSeries } from "./select.ts";

const DEFAULT_INFO_METRIC = "target_info";
/** Cost of looking a row up and joining its labels, in cells. */
const JOIN_UNITS = 64;
const IDENTIFYING_LABELS = ["instance", "job"];

interface InfoRequest {
  /** Matchers of the name of info metrics. */
  readonly names: readonly Matcher[];
  /** Matchers of the labels to add; empty to add all. */
  readonly data: readonly Matcher[];
}

export async function addInfoLabels(
  plan: InfoPlan,
  context: EvalContext,
  base: SeriesMatrix,
): Promise<SeriesMatrix> {
  const request = requestOf(plan);
  const isInfo = nameTest(request.names);
  // Info metrics themselves stay as they are.
  const enriched = base.labels.map((labels) => !isInfo(labelValue(labels, METRIC_NAME)));
  const info = await selectInfo(plan, context, base, enriched, request);
  const join = new InfoJoin(base, info, request);
  const { pace } = context;
  for (let step = 0; step < base.grid.count; step++) {
    join.joinStep(step, enriched);
    if (pace.spend((base.labels.length + info.labels.length) * JOIN_UNITS)) await pace.pause();
  }
  return join.finish(pace);
}

function requestOf({ matchers }: InfoPlan): InfoRequest {
  const byName = (matchers ?? []).filter((matcher) => matcher.name === METRIC_NAME);
  const data = (matchers ?? []).filter((matcher) => matcher.name !== METRIC_NAME);
  if (byName.some(({ kind }) => kind === "=" || kind === "=~")) return { names: byName, data };
  const anyInfo: Matcher =
    byName.length > 0
      ? { kind: "=~", name: METRIC_NAME, value: ".+_info" }
      : { kind: "=", name: METRIC_NAME, value: DEFAULT_INFO_METRIC };
  return { names: [anyInfo, ...byName], data };
}

function nameTest(matchers: readonly Matcher[]): (name: string) => boolean {
  const tests = matchers.map(compileMatcher);
  return (name) => tests.every((test) => test(name));
}

/** Samples of the info series that may match, their values replaced by the time they were taken. */
async function selectInfo(
  plan: InfoPlan,
  context: EvalContext,
  base: SeriesMatrix,
  enriched: readonly boolean[],
  { names, data }: InfoRequest,
): Promise<SeriesMatrix> {
  const identifying: Matcher[] = [];
  for (const name of IDENTIFYING_LABELS) {
    const values = new Set<string>();
    base.labels.forEach((labels, row) => {
      if (enriched[row]!) values.add(labelValue(labels, name));
    });
    values.delete("");
    if (values.size === 0) continue;
    const value = [...values].map(escapeRegex).join("|");
    identifying.push({ kind: "=~", name, value });
  }
  if (identifying.length === 0) return emptyMatrix(base.grid);
  const { offsetMs, atMs } = plan;
  const matchers = [...identifying, ...data, ...names];
  const selector = { matchers, offsetMs, atMs, totalsOnly: false };
  return selectSeries(selector, "time-ms", context, base.grid);
}

function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

class InfoJoin {
  readonly #base: SeriesMatrix;
  readonly #info: SeriesMatrix;
  readonly #builder: MatrixBuilder;
  readonly #request: InfoRequest;
  readonly #dataNames: ReadonlySet<string>;
  /** Whether base series without any info series stay. */
  readonly #keepsUnmatched: boolean;
  readonly #infoNames: readonly string[];
  readonly #infoSignatures: readonly string[];
  readonly #baseSignatures: readonly string[];

  constructor(base: SeriesMatrix, info: SeriesMatrix, request: InfoRequest) {
    this.#base = base;
    this.#info = info;
    this.#request = request;
    this.#builder = new MatrixBuilder(base.grid, base.labels.length);
    this.#dataNames = new Set(request.data.map((matcher) => matcher.name));
    this.#keepsUnmatched = request.data.every((matcher) => compileMatcher(matcher)(""));
    const names = info.labels.map((labels) => labelValue(labels, METRIC_NAME));
    this.#infoNames = [...new Set(names)];
    this.#infoSignatures = info.labels.map(
      (labels, row) => `${names[row]!}\u{ffff}${identityOf(labels)}`,
    );
    this.#baseSignatures = base.labels.map(identityOf);
  }

  joinStep(step: number, enriched: readonly boolean[]): void {
    const { count } = this.#base.grid;
    const newest = this.#newestInfo(step);
    this.#base.labels.forEach((labels, row) => {
      const cell = row * count + step;
      if (this.#base.kinds[cell] === ABSENT) return;
      const joined = enriched[row]! ? this.#joinRow(labels, row, newest) : labels;
      if (joined === null) return;
      const dropName = this.#base.dropName[row] === 1;
      this.#builder.copy(this.#builder.row(joined, dropName) + step, this.#base, cell);
    });
  }

  finish(pace: Pace): Promise<SeriesMatrix> {
    return this.#builder.finish(pace);
  }

  /** Row of the info series that counts for each signature. */
  #newestInfo(step: number): Map<string, number> {
    const { grid, kinds, values, labels } = this.#info;
    const newest = new Map<string, number>();
    for (let row = 0; row < labels.length; row++) {
      const cell = row * grid.count + step;
      if (kinds[cell] === ABSENT) continue;
      const signature = this.#infoSignatures[row]!;
      const other = newest.get(signature);
      const otherTime = other === undefined ? -Infinity : values[other * grid.count + step]!;
      if (otherTime === values[cell]) {
        throw executionError(
          `found duplicate series for info metric: existing ${formatLabels(labels[other!]!)} @ ` +
            `${otherTime}, new ${formatLabels(labels[row]!)} @ ${otherTime}`,
        );
      }
      if (otherTime < values[cell]!) newest.set(signature, row);
    }
    return newest;
  }

  /** The labels of a base series with those of its info series; null to leave it out. */
  #joinRow(labels: Labels, row: number, newest: ReadonlyMap<string, number>): Labels | null {
    const added = new Map<string, string>();
    let matched = false;
    for (const name of this.#infoNames) {
      const infoRow = newest.get(`${name}\u{ffff}${this.#baseSignatures[row]!}`);
      if (infoRow === undefined) continue;
      matched = true;
      this.#collect(added, labels, this.#info.labels[infoRow]!);
    }
    if (!matched && !this.#keepsUnmatched) return null;
    let joined = labels;
    for (const [name, value] of added) joined = withLabel(joined, name, value);
    return joined;
  }

  #collect(added: Map<string, string>, base: Labels, info: Labels): void {
    for (let i = 0; i < info.length; i += 2) {
      const [name, value] = [info[i]!, info[i + 1]!];
      if (name === METRIC_NAME) continue;
      if (this.#request.data.length > 0 && !this.#dataNames.has(name)) continue;
      const before = added.get(name);
      if (before !== undefined && before !== value) {
        throw executionError(`conflicting label: ${name}`);
      }
      if (labelValue(base, name) === "") added.set(name, value);
    }
  }
}

function identityOf(labels: Labels): string {
  return labelsKey(keepLabels(labels, IDENTIFYING_LABELS));
}
