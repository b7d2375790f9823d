/**
 * `gyre inspect`: looks into the data folder of a stopped node and says what is there, reading only.
 * Ends with 1 when something is damaged, each place named by file and offset.
 */
import { join } from "node:path";
import { isErrorOf } from "#base/engine-error.ts";
import { loadConfig } from "#config/load-config.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
import { readNodeFile } from "#tsdb/node-file.ts";
import { type CliDeps, EXIT_FAILED, EXIT_OK } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { BLOCK_COLUMNS, inspectBlocks } from "../inspect/inspect-blocks.ts";
import { inspectLogs, LOG_COLUMNS } from "../inspect/inspect-log.ts";
import { inspectPages, PAGE_COLUMNS } from "../inspect/inspect-pages.ts";
import { InspectReport } from "../inspect/inspect-report.ts";
import { inspectSeries, SERIES_COLUMNS } from "../inspect/inspect-series.ts";
import { inspectVerify, VERIFY_COLUMNS } from "../inspect/inspect-verify.ts";
import type { InspectedFolder } from "../inspect/inspected-folder.ts";
import { type ParsedFlags, parseFlags } from "../parse-flags.ts";
import { UsageError } from "../usage-error.ts";

const ROWS_DEFAULT = 200;

const FLAGS: readonly CommandFlag[] = [
  { name: "data", value: "folder", description: "the data folder (default: as serve has it)" },
  { name: "shard", value: "number", description: "look at this shard only" },
  { name: "limit", value: "count", description: `rows to show (default ${ROWS_DEFAULT})` },
];

interface View {
  readonly columns: readonly string[];
  readonly look: (
    folder: InspectedFolder,
    report: InspectReport,
    tell: (text: string) => void,
  ) => Promise<void>;
}

const VIEWS: ReadonlyMap<string, View> = new Map([
  ["log", { columns: LOG_COLUMNS, look: inspectLogs }],
  ["blocks", { columns: BLOCK_COLUMNS, look: inspectBlocks }],
  ["series", { columns: SERIES_COLUMNS, look: inspectSeries }],
  ["pages", { columns: PAGE_COLUMNS, look: inspectPages }],
  ["verify", { columns: VERIFY_COLUMNS, look: inspectVerify }],
]);
const VIEW_DEFAULT = "verify";

export const INSPECT: Command = {
  name: "inspect",
  summary: "look into the data of a stopped node: log, blocks, series, pages, or verify it all",
  usage: "[log|blocks|series|pages|verify] [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const flags = parseFlags(args, FLAGS);
    const [word = VIEW_DEFAULT, extra] = flags.words;
    const view = VIEWS.get(word);
    if (view === undefined || extra !== undefined) {
      const got = JSON.stringify(extra ?? word);
      throw new UsageError(`got ${got}, want one of ${[...VIEWS.keys()].join(", ")}`);
    }
    const onlyShard = numberFlag(flags, "shard");
    const report = new InspectReport(view.columns, numberFlag(flags, "limit") ?? ROWS_DEFAULT);
    const path = flags.values.get("data") ?? dataFolder(deps);
    await using held = await hold(path, deps);
    const meta = await readNodeFile(held.disk);
    if (meta === null) {
      throw new Error(`cannot inspect ${path}: it has no node.json, so it is no data folder`);
    }
    const { nodeId, shardCount, bootCount } = meta;
    deps.print(`${path}: node ${nodeId}, ${shardCount} shards, opened ${bootCount} times`);
    const folder = { disk: held.disk, meta, tools: deps.openPageTools(), onlyShard };
    await view.look(folder, report, deps.complain);
    deps.print(report.text());
    for (const { path: file, offset, cause } of report.places) {
      const at = offset === null ? "" : `, offset ${offset}`;
      deps.complain(`damaged: ${join(path, file)}${at}: ${cause}`);
    }
    if (report.damageCount === 0) return EXIT_OK;
    deps.complain(`${report.damageCount} places are damaged`);
    return EXIT_FAILED;
  },
};

function dataFolder({ environment, machine, readFile }: CliDeps): string {
  return loadConfig({ args: [], environment, machine, readFile }).config.data;
}

async function hold(path: string, deps: CliDeps): ReturnType<CliDeps["holdFolder"]> {
  try {
    return await deps.holdFolder(path);
  } catch (error) {
    if (!isErrorOf(error, runtimeErrors.diskLocked)) throw error;
    const advice = "stop the node first, or inspect a copy";
    throw new Error(`${(error as Error).message}; ${advice}`, { cause: error });
  }
}

function numberFlag(flags: ParsedFlags, name: string): number | null {
  const text = flags.values.get(name);
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: got ${JSON.stringify(text)}, want a whole number`);
}
