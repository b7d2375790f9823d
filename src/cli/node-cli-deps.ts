/**
 * The real outside of the commands: this process, its files, the network. Only here do commands meet
 * the machine, so that tests can give them another one.
 */
import { existsSync, globSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { availableParallelism, totalmem } from "node:os";
import { lockFolder } from "#runtime/node/folder-lock.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import type { CliDeps, HeldFolder, HttpReply, PostBody } from "./cli-deps.ts";
import { NODE_FILES } from "./node-files.ts";

/** `serve` and the page coders come from the composition root, which is above this folder. */
export function nodeCliDeps(
  version: string,
  serve: CliDeps["serve"],
  openPageTools: CliDeps["openPageTools"],
): CliDeps {
  return {
    version,
    serve,
    files: NODE_FILES,
    holdFolder,
    makeFolder: (path) => {
      mkdirSync(path, { recursive: true, mode: 0o750 });
      return holdFolder(path);
    },
    openDisk: (path) => new NodeDisk(path),
    openPageTools,
    environment: process.env,
    machine: { memoryBytes: memoryBytes(), cores: availableParallelism() },
    clock: new NodeClock(),
    readFile: readTextFile,
    findFiles: matchingFiles,
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
    post,
  };
}

async function holdFolder(path: string): Promise<HeldFolder> {
  if (!existsSync(path)) throw new Error(`cannot open ${path}: no such folder`);
  const lock = await lockFolder(path);
  return { disk: new NodeDisk(path), [Symbol.asyncDispose]: () => lock.release() };
}

/** The machine's memory, or what a container leaves of it. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function readTextFile(name: string): string {
  try {
    return readFileSync(name, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const known: Readonly<Record<string, string>> = {
      ENOENT: "no such file",
      EACCES: "permission denied",
      EISDIR: "it is a folder",
    };
    throw new Error(known[code] ?? String(error), { cause: error });
  }
}

function matchingFiles(beside: string, pattern: string): readonly string[] {
  const full = isAbsolute(pattern) ? pattern : join(dirname(beside), pattern);
  const found = globSync(full).toSorted();
  if (found.length === 0) throw new Error(`cannot find ${full}: no such file`);
  return found;
}

/** Beyond the query's own timeout, so that the node's answer about it arrives. */
const GRACE_MS = 5000;

async function post(
  url: string,
  content: PostBody,
  timeoutMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpReply> {
  try {
    const signal = AbortSignal.timeout(timeoutMs + GRACE_MS);
    const body = content instanceof URLSearchParams ? content : Buffer.from(content);
    const response = await fetch(url, { method: "POST", body, headers, signal });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    // fetch hides why a connection failed one level down.
    const { cause } = error as { cause?: unknown };
    const connection = cause as { code?: string } | undefined;
    throw connection?.code === undefined ? error : new Error(connection.code, { cause: error });
  }
}
