/**
 * What the command line of a differential run says. A wrong option is an error with one line, which
 * `run.ts` shows together with the usage.
 */
import { parseArgs } from "node:util";
import type { DataProfile } from "./data/data-set.ts";
import type { ReferenceName } from "./references/reference-kinds.ts";

export interface QueryAddress {
  readonly profile: DataProfile;
  readonly dataIndex: number;
  readonly queryIndex: number;
}

export interface RunOptions {
  readonly mode: "run" | "planted" | "replay" | "shrink";
  readonly seed: number;
  /** Per reference. */
  readonly queries: number;
  readonly references: readonly ReferenceName[];
  /** Of one query, to replay or to shrink. */
  readonly address: QueryAddress | null;
  /** A planted bug to shrink a query with. */
  readonly bug: string | null;
}

export const USAGE = `npm run test:differential [-- OPTION...]
  --queries N        queries per reference (default 20000)
  --smoke            300 queries per reference
  --seed N           of data and queries (default 1)
  --reference NAME   2.42 or 3.14 only
  --planted          plant bugs in the engine and find them all
  --replay ADDRESS   show both answers to one query, as in quiet/3/17
  --shrink ADDRESS   make one query and its data small and write them as a script
  --bug NAME         shrink with this planted bug, and only show the script`;

const QUERIES = 20_000;
const QUERIES_SMOKE = 300;

export function parseRunOptions(args: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      queries: { type: "string" },
      smoke: { type: "boolean" },
      seed: { type: "string" },
      reference: { type: "string" },
      planted: { type: "boolean" },
      replay: { type: "string" },
      shrink: { type: "string" },
      bug: { type: "string" },
    },
  });
  const { replay, shrink } = values;
  const address = replay ?? shrink;
  let mode: RunOptions["mode"] = values.planted === true ? "planted" : "run";
  if (address !== undefined) mode = replay === undefined ? "shrink" : "replay";
  const count = values.smoke === true ? QUERIES_SMOKE : QUERIES;
  return {
    mode,
    seed: wholeNumber("seed", values.seed ?? "1"),
    queries: values.queries === undefined ? count : wholeNumber("queries", values.queries),
    references: values.reference === undefined ? ["2.42", "3.14"] : [nameOf(values.reference)],
    address: address === undefined ? null : parseAddress(address),
    bug: values.bug ?? null,
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`cannot read --${name}: got ${text}, want a whole number`);
}

function nameOf(text: string): ReferenceName {
  if (text === "2.42" || text === "3.14") return text;
  throw new Error(`cannot use reference ${text}: want 2.42 or 3.14`);
}

function parseAddress(text: string): QueryAddress {
  const match = /^(quiet|edges|native)\/(\d+)\/(\d+)$/.exec(text);
  if (match === null) throw new Error(`cannot read address ${text}: want PROFILE/DATA/QUERY`);
  const [, profile = "", dataIndex = "", queryIndex = ""] = match;
  return {
    profile: profile as DataProfile,
    dataIndex: Number(dataIndex),
    queryIndex: Number(queryIndex),
  };
}
