/**
 * `gyre snapshot`: asks a node for a snapshot of its data; lists, verifies, restores and deletes
 * those that lie in a data folder, whether a node runs on it or not.
 */
import { join } from "node:path";
import { formatByteSize } from "#base/units/byte-size.ts";
import { loadConfig } from "#config/load-config.ts";
import { SHARDS_MAX } from "#model/refs.ts";
import { readNodeFile } from "#tsdb/node-file.ts";
import { type RestoreProgress, restoreSnapshot } from "#tsdb/snapshot/restore-snapshot.ts";
import { SnapshotFolder, SNAPSHOTS_FOLDER } from "#tsdb/snapshot/snapshot-folder.ts";
import { type CliDeps, EXIT_FAILED, EXIT_OK, type HttpReply } from "../cli-deps.ts";
import type { Command, CommandFlag } from "../command.ts";
import { InspectReport } from "../inspect/inspect-report.ts";
import { inspectVerify, VERIFY_COLUMNS } from "../inspect/inspect-verify.ts";
import { type ParsedFlags, parseFlags } from "../parse-flags.ts";
import { serverUrl, URL_FLAG } from "../server-url.ts";
import { UsageError } from "../usage-error.ts";

const FLAGS: readonly CommandFlag[] = [
  URL_FLAG,
  { name: "skip-head", value: null, description: "create: only what is in blocks already" },
  { name: "data", value: "folder", description: "the data folder (default: as serve has it)" },
  { name: "to", value: "folder", description: "restore: an empty folder, or one to be made" },
  { name: "shards", value: "count", description: "restore: split all shards into this many" },
];

/** A head of any size is written as blocks meanwhile. */
const CREATE_TIMEOUT_MS = 3_600_000;

type Verb = (name: string, flags: ParsedFlags, deps: CliDeps) => Promise<number>;

const VERBS: ReadonlyMap<string, { readonly run: Verb; readonly isNamed: boolean }> = new Map([
  ["create", { run: create, isNamed: false }],
  ["list", { run: list, isNamed: false }],
  ["verify", { run: verify, isNamed: true }],
  ["restore", { run: restore, isNamed: true }],
  ["delete", { run: remove, isNamed: true }],
]);

export const SNAPSHOT: Command = {
  name: "snapshot",
  summary: "take a durable copy of all data, verify it, restore it into an empty folder",
  usage: "create|list|verify <name>|restore <name> --to <folder>|delete <name> [flags]",
  flags: FLAGS,
  takesConfig: false,
  async run(args, deps) {
    const flags = parseFlags(args, FLAGS);
    const [word = "", name = "", extra] = flags.words;
    const verb = VERBS.get(word);
    if (verb === undefined) {
      const want = [...VERBS.keys()].join(", ");
      throw new UsageError(`got ${JSON.stringify(word)}, want one of ${want}`);
    }
    if (extra !== undefined || verb.isNamed !== (name !== "")) {
      throw new UsageError(`${word}: want ${verb.isNamed ? "one name" : "no name"}`);
    }
    return await verb.run(name, flags, deps);
  },
};

async function create(_name: string, flags: ParsedFlags, deps: CliDeps): Promise<number> {
  const url = `${serverUrl(flags)}/api/v1/admin/tsdb/snapshot`;
  const form = new URLSearchParams();
  if (flags.values.has("skip-head")) form.set("skip_head", "true");
  const reply = await deps.post(url, form, CREATE_TIMEOUT_MS);
  const name = nameOf(reply);
  if (name === null) throw new Error(`cannot take a snapshot: got ${reply.body.trimEnd()}`);
  deps.print(name);
  return EXIT_OK;
}

/** Null when the answer has none. */
function nameOf({ status, body }: HttpReply): string | null {
  if (status !== 200) return null;
  const { data } = JSON.parse(body) as { readonly data?: { readonly name?: string } };
  return data?.name ?? null;
}

async function list(_name: string, flags: ParsedFlags, deps: CliDeps): Promise<number> {
  for (const name of await snapshotsOf(flags, deps).list()) deps.print(name);
  return EXIT_OK;
}

async function remove(name: string, flags: ParsedFlags, deps: CliDeps): Promise<number> {
  if (await snapshotsOf(flags, deps).remove(name)) return EXIT_OK;
  throw new Error(`cannot delete ${name}: no such snapshot`);
}

async function verify(name: string, flags: ParsedFlags, deps: CliDeps): Promise<number> {
  const path = pathOf(name, flags, deps);
  await using held = await deps.holdFolder(path);
  const meta = await readNodeFile(held.disk);
  if (meta === null) throw new Error(`cannot verify ${path}: it has no node.json`);
  const report = new InspectReport(VERIFY_COLUMNS, Number.POSITIVE_INFINITY);
  const folder = { disk: held.disk, meta, tools: deps.openPageTools(), onlyShard: null };
  await inspectVerify(folder, report, deps.complain);
  deps.print(report.text());
  for (const place of report.places) {
    deps.complain(`damaged: ${join(path, place.path)}: ${place.cause}`);
  }
  return report.damageCount === 0 ? EXIT_OK : EXIT_FAILED;
}

async function restore(name: string, flags: ParsedFlags, deps: CliDeps): Promise<number> {
  const to = flags.values.get("to");
  if (to === undefined) throw new UsageError("--to: got nothing, want an empty folder");
  await using from = await deps.holdFolder(pathOf(name, flags, deps));
  await using into = await deps.makeFolder(to);
  const [first] = await into.disk.list("");
  if (first !== undefined)
    throw new Error(`cannot restore to ${to}: got ${first} in it, want none`);
  const meta = await readNodeFile(from.disk);
  const shardCount = shardCountOf(flags, meta?.shardCount ?? 1);
  const tell = (done: RestoreProgress): void => {
    deps.complain(`${done.shards} shards, ${formatByteSize(done.bytes)} so far`);
  };
  const { shards, bytes } = await restoreSnapshot(from.disk, into.disk, tell, shardCount);
  deps.print(`${to}: restored ${shards} shards, ${formatByteSize(bytes)}`);
  return EXIT_OK;
}

/** Null to keep the number. */
function shardCountOf(flags: ParsedFlags, present: number): number | null {
  const text = flags.values.get("shards");
  if (text === undefined) return null;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  const isFit = Number.isInteger(Math.log2(count / present)) && count >= present;
  if (isFit && count <= SHARDS_MAX) return count;
  const want = `${present} times a power of two, at most ${SHARDS_MAX}`;
  throw new UsageError(`--shards: got ${JSON.stringify(text)}, want ${want}`);
}

function snapshotsOf(flags: ParsedFlags, deps: CliDeps): SnapshotFolder {
  return new SnapshotFolder(deps.openDisk(dataOf(flags, deps)));
}

function pathOf(name: string, flags: ParsedFlags, deps: CliDeps): string {
  return join(dataOf(flags, deps), SNAPSHOTS_FOLDER, name);
}

function dataOf(flags: ParsedFlags, deps: CliDeps): string {
  const { environment, machine, readFile } = deps;
  const given = flags.values.get("data");
  return given ?? loadConfig({ args: [], environment, machine, readFile }).config.data;
}
