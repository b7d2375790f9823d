/**
 * Has a leaf worked out next to the data, or here where some of it lies in blocks, and puts the parts
 * together. Parts come in any order; their
 * tree makes the same of them every time.
 */
import { isErrorOf } from "#base/engine-error.ts";
import { type Labels, labelsKey } from "#model/labels.ts";
import { inRowSlices } from "../columns/row-slices.ts";
import { RowList } from "../columns/row-list.ts";
import { emptyMatrix, type SeriesMatrix } from "../columns/series-matrix.ts";
import type { EvalContext } from "../operators/eval-context.ts";
import { dropsName } from "../operators/range-call.ts";
import { PROMQL_LEAF_UNSUITED } from "../query-errors.ts";
import { GroupPartial } from "./group-partial.ts";
import type { LeafPlan } from "./leaf-plan.ts";
import type { LeafReading, LeafSource, MadePart } from "./leaf-source.ts";
import { PartialTree } from "./partial-tree.ts";
import { SparePartials } from "./spare-partials.ts";

/** Null when the data is of a kind that the engine has to look at by itself. */
export async function evaluateLeaf(
  source: LeafSource,
  leaf: LeafPlan,
  context: EvalContext,
): Promise<SeriesMatrix | null> {
  const { missing, pace, signal } = context;
  const near = () => source.openLeaf(leaf, missing, signal);
  const here = () => source.openLeafHere(leaf, missing, pace.thread);
  return (await gather(near, leaf, context)) ?? (await gather(here, leaf, context));
}

async function gather(
  open: () => LeafReading,
  leaf: LeafPlan,
  context: EvalContext,
): Promise<SeriesMatrix | null> {
  const { budget, pace } = context;
  pace.check();
  const gathering = new Gathering(leaf, context);
  const { seriesRead, samplesRead } = budget;
  try {
    await using reading = open();
    for (let part = await reading.next(); part !== null; part = await reading.next()) {
      await gathering.add(part);
      if (pace.isDue()) await pace.pause();
    }
  } catch (error) {
    pace.check();
    if (!isErrorOf(error, PROMQL_LEAF_UNSUITED)) throw error;
    budget.readSeries(seriesRead - budget.seriesRead, samplesRead - budget.samplesRead);
    return null;
  }
  return gathering.finish();
}

class Gathering {
  readonly #leaf: LeafPlan;
  readonly #context: EvalContext;
  readonly #tree: PartialTree;
  readonly #labels: Labels[] = [];
  readonly #ordinals: Map<string, number> = new Map();
  /** By maker: our number for each of its groups. */
  readonly #renumbered: number[][] = [];
  /** By maker, what it found out so far. */
  readonly #findings: MadePart["findings"][] = [];

  constructor(leaf: LeafPlan, context: EvalContext) {
    this.#leaf = leaf;
    this.#context = context;
    const { aggregate, grid } = leaf;
    this.#tree = new PartialTree(0, context.pace, new SparePartials(aggregate.op, grid.count));
  }

  async add({ maker, partials, newGroups, series, samples, findings }: MadePart): Promise<void> {
    const { aggregate, grid } = this.#leaf;
    const { budget } = this.#context;
    budget.readSeries(series, samples);
    this.#findings[maker] = findings;
    const numbers = (this.#renumbered[maker] ??= []);
    for (const labels of newGroups) numbers.push(this.#ordinalOf(labels));
    for (const { bits, prefix, groups, ...columns } of partials) {
      const renumbered = { ...columns, groups: groups.map((group) => numbers[group]!) };
      const partial = new GroupPartial(aggregate.op, grid.count, renumbered);
      budget.holdBytes(partial.bytes);
      await this.#tree.add(bits, prefix, partial);
    }
  }

  async finish(): Promise<SeriesMatrix> {
    const { annotations, pace } = this.#context;
    const { grid, input } = this.#leaf;
    for (const findings of this.#findings) annotations.takeOver(findings ?? []);
    const all = await this.#tree.finish();
    if (all === null) return emptyMatrix(grid);
    const losesName = input.kind === "range-call" && dropsName(input.name);
    const rows = new RowList(grid, all.groups.length);
    for (const group of all.groups) rows.addRow(this.#labels[group]!, losesName);
    await inRowSlices(all.groups.length, grid.count, pace, (from, to) => {
      for (let cell = from * grid.count; cell < to * grid.count; cell++) {
        if (all.hasFloat(cell)) rows.setFloat(cell, all.result(cell));
      }
    });
    return rows.finish();
  }

  #ordinalOf(labels: Labels): number {
    const key = labelsKey(labels);
    let ordinal = this.#ordinals.get(key);
    if (ordinal === undefined) {
      ordinal = this.#labels.push(labels) - 1;
      this.#ordinals.set(key, ordinal);
    }
    return ordinal;
  }
}
