/**
 * What the commands need from outside: files, network, data folders, a node to run. Tests give
 * fakes, `node-cli-deps.ts` the real process.
 */
import type { GyreConfig } from "#config/gyre-config.ts";
import type { MachineFacts } from "#config/option.ts";
import type { Environment } from "#config/read-config-environment.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** A form, or bytes that the headers describe. */
export type PostBody = URLSearchParams | Uint8Array;

/** Moves files of any size; `-` is standard input or output. */
export interface CliFiles {
  /** Null when nobody knows. Throws with a readable message. */
  readonly sizeOf: (name: string) => number | null;
  /** Posts the file; `sent` hears of every part. */
  readonly upload: (
    url: string,
    name: string,
    headers: Readonly<Record<string, string>>,
    sent: (bytes: number) => void,
  ) => Promise<HttpReply>;
  /** Posts a form and writes the answer of a 200 to the file; other answers come back. */
  readonly download: (
    url: string,
    form: URLSearchParams,
    name: string,
    received: (bytes: number) => void,
  ) => Promise<HttpReply>;
}

/** A data folder that no node opens while it is held. */
export interface HeldFolder extends AsyncDisposable {
  readonly disk: Disk;
}

export interface CliDeps {
  readonly version: string;
  readonly environment: Environment;
  readonly machine: MachineFacts;
  readonly clock: Clock;
  /** Throws with a readable message. */
  readonly readFile: (name: string) => string;
  /** Files a pattern names, relative to the folder of `beside`; throws when there are none. */
  readonly findFiles: (beside: string, pattern: string) => readonly string[];
  /** One line, or several, to standard output. */
  readonly print: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** Rejects when nobody answers in time. */
  readonly post: (
    url: string,
    body: PostBody,
    timeoutMs: number,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpReply>;
  readonly files: CliFiles;
  /** Rejects with `disk.locked` while a node has it. */
  readonly holdFolder: (path: string) => Promise<HeldFolder>;
  /** As `holdFolder`; made when it does not exist. */
  readonly makeFolder: (path: string) => Promise<HeldFolder>;
  /** A folder that a node may have open. */
  readonly openDisk: (path: string) => Disk;
  readonly openPageTools: () => PageTools;
  /** Runs a node until it is told to stop; resolves with the exit code. */
  readonly serve: (config: GyreConfig) => Promise<number>;
}

export const EXIT_OK = 0;
/** The command was understood and could not be done. */
export const EXIT_FAILED = 1;
/** The command line was not understood. */
export const EXIT_USAGE = 2;
