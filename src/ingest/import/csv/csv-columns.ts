/**
 * What the columns of a CSV mean: `2:metric:ask,1:label:ticker,3:time:unix_s`, in the grammar of
 * VictoriaMetrics. Columns count from 1; those not named are passed over.
 */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";
import { type CsvTime, csvTimeOf } from "./csv-time.ts";

export interface CsvColumn {
  /** From 0. */
  readonly index: number;
  readonly name: string;
}

export interface CsvColumns {
  readonly metrics: readonly CsvColumn[];
  readonly labels: readonly CsvColumn[];
  /** Null: samples get the time of their arrival. */
  readonly time: { readonly index: number; readonly read: CsvTime } | null;
}

export const CSV_FORMAT_MALFORMED: ErrorCode = {
  code: "ingest.csv-format-malformed",
  http: 400,
  retryable: false,
  description: "the parameter `format` of a CSV import does not follow the grammar",
};

/** Far more than anybody's sheet has, and little enough to look at for every line. */
const COLUMNS_MAX = 1024;

/** Throws `ingest.csv-format-malformed`. */
export function parseCsvColumns(text: string): CsvColumns {
  const metrics: CsvColumn[] = [];
  const labels: CsvColumn[] = [];
  let time: CsvColumns["time"] = null;
  for (const part of text.split(",")) {
    const { index, type, context } = partOf(part);
    if (type === "metric") metrics.push({ index, name: context });
    else if (type === "label") labels.push({ index, name: context });
    else if (type === "time") {
      if (time !== null) throw malformed(`got a second time column ${JSON.stringify(part)}`);
      const read = csvTimeOf(context);
      if (read === null) throw malformed(`got time format ${JSON.stringify(context)}, ${TIMES}`);
      time = { index, read };
    } else throw malformed(`got type ${JSON.stringify(type)}, want metric, label or time`);
  }
  if (metrics.length === 0) throw malformed("got no metric column, want at least one");
  const names = labels.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw malformed(`got label ${JSON.stringify(twice)} twice`);
  return { metrics, labels, time };
}

const TIMES = "want unix_s, unix_ms, unix_ns, rfc3339 or custom:<layout>";

function partOf(part: string): { index: number; type: string; context: string } {
  const match = /^\s*(\d{1,9}):([a-z]+):(.+)$/.exec(part);
  if (match === null) {
    throw malformed(`got ${JSON.stringify(part)}, want <column>:<type>:<context>`);
  }
  const [, column = "", type = "", context = ""] = match;
  const number = Number(column);
  if (number >= 1 && number <= COLUMNS_MAX) return { index: number - 1, type, context };
  throw malformed(`got column ${column}, want 1 to ${COLUMNS_MAX}`);
}

function malformed(cause: string): EngineError {
  return new EngineError(CSV_FORMAT_MALFORMED, `cannot read format: ${cause}`);
}
