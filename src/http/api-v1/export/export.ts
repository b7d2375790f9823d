/**
 * `/api/v1/export` and `/api/v1/export/csv`: raw samples of the series that selectors find, as a
 * stream. The client sets the pace; what waits for it is one part of `PART_BYTES`.
 */
import { compileMatchers } from "#model/matches-labels.ts";
import type { Labels } from "#model/labels.ts";
import type { Queryable, SelectRequest, SeriesBatch } from "#storage/queryable.ts";
import type { AnswerRest } from "../../doors.ts";
import { badParameter } from "../api-errors.ts";
import type { ApiParams } from "../api-params.ts";
import type { Endpoint } from "../api-scope.ts";
import { selectRanges } from "../select-ranges.ts";
import { csvExport } from "./csv-export.ts";
import type { ExportWriter } from "./export-writer.ts";
import { JSON_EXPORT } from "./json-export.ts";
import { TEXT_EXPORT } from "./text-export.ts";

const CSV_PATH = "/api/v1/export/csv";
/** A few writes to a socket. */
const PART_CHARACTERS = 256 * 1024;
/** With 40 characters a sample, a line far below what imports take. */
const SAMPLES_PER_LINE_MAX = 10_000;
const NOTHING = new Uint8Array(0);
const ENCODER = new TextEncoder();

export const answerExport: Endpoint = async (request, params, scope, signal) => {
  const selections = selectRanges(request.tenant, params);
  if (params.all("match[]").length === 0) {
    throw badParameter("match[]", "got none, want at least one selector");
  }
  const writer = writerOf(request.path, params);
  const lineSamples = samplesPerLine(params);
  const lines = linesOf(scope.queryable, selections, writer, lineSamples, signal);
  const parts = partsOf(lines, scope.yieldTurn);
  const rest: AnswerRest = {
    next: async () => (await parts.next()).value ?? null,
    // What it waits for is aborted by the same hand; how that ends interests nobody.
    close: () => void parts.return().catch(() => {}),
  };
  return { status: 200, headers: { "content-type": writer.contentType }, body: NOTHING, rest };
};

function writerOf(path: string, params: ApiParams): ExportWriter {
  const format = params.text("format");
  if (path === CSV_PATH) return csvExport(format);
  if (format === "" || format === "json") return JSON_EXPORT;
  if (format === "prometheus") return TEXT_EXPORT;
  throw badParameter("format", `got ${JSON.stringify(format)}, want json or prometheus`);
}

function samplesPerLine(params: ApiParams): number {
  const text = params.text("max_rows_per_line");
  if (text === "") return SAMPLES_PER_LINE_MAX;
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) {
    return Math.min(Number(text), SAMPLES_PER_LINE_MAX);
  }
  throw badParameter("max_rows_per_line", `got ${JSON.stringify(text)}, want a whole number`);
}

async function* linesOf(
  queryable: Queryable,
  selections: readonly SelectRequest[],
  writer: ExportWriter,
  lineSamples: number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const found: ((labels: Labels) => boolean)[] = [];
  for (const selection of selections) {
    await using set = queryable.select(selection, signal);
    for (let batch = await set.next(); batch !== null; batch = await set.next()) {
      for (const [index, labels] of batch.labels.entries()) {
        // Several selectors may name one series; it is written once.
        if (found.some((matches) => matches(labels))) continue;
        yield* seriesLines(batch, index, writer, lineSamples);
      }
    }
    found.push(compileMatchers(selection.matchers));
  }
}

function* seriesLines(
  batch: SeriesBatch,
  index: number,
  writer: ExportWriter,
  lineSamples: number,
): Generator<string, void, undefined> {
  const { timestamps, values, sampleStart } = batch;
  const labels = batch.labels[index]!;
  const end = sampleStart[index + 1]!;
  for (let from = sampleStart[index]!; from < end;) {
    // Runs of floats between histograms, which these formats have no words for.
    if (isHistogram(batch, from)) {
      from++;
      continue;
    }
    let to = from + 1;
    while (to < end && to - from < lineSamples && !isHistogram(batch, to)) to++;
    yield writer.write({ labels, timestamps, values, from, to });
    from = to;
  }
}

function isHistogram({ histograms }: SeriesBatch, index: number): boolean {
  return histograms !== null && histograms[index] !== null;
}

async function* partsOf(
  lines: AsyncGenerator<string, void, undefined>,
  yieldTurn: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let part: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    part.push(line);
    characters += line.length;
    if (characters < PART_CHARACTERS) continue;
    yield ENCODER.encode(part.join(""));
    part = [];
    characters = 0;
    await yieldTurn();
  }
  if (part.length > 0) yield ENCODER.encode(part.join(""));
}
