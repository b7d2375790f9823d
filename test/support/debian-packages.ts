/**
 * Gets Debian packages without starting or enabling their daemons: those of daemons are unpacked
 * into a folder of their own, those of plain tools are installed. Needs root and apt-get.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { chmodSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** True where `getPackages` can work at all. */
export function canGetPackages(): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}

function run(command: string, args: readonly string[], cwd?: string): void {
  const result = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
    // The package manager's progress belongs to stderr: stdout carries our answer.
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  const lines = (result.error?.message ?? `${result.stdout}${result.stderr}`).trim().split("\n");
  const tail = lines.slice(-3).join("; ");
  throw new Error(`cannot run ${command} ${args.slice(0, 2).join(" ")}: ${tail}`);
}

function unpack(names: readonly string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const downloads = mkdtempSync(join(tmpdir(), "gyre-packages-"));
  // apt-get drops its rights while it downloads.
  chmodSync(downloads, 0o777);
  try {
    run("apt-get", ["download", ...names], downloads);
    for (const file of readdirSync(downloads).filter((name) => name.endsWith(".deb"))) {
      const name = file.slice(0, file.indexOf("_"));
      const target = join(folder, name);
      // A half-unpacked package must not be found: it gets its name when it is complete.
      const partial = join(folder, `${name}.partial`);
      rmSync(partial, { recursive: true, force: true });
      run("dpkg", ["-x", join(downloads, file), partial]);
      rmSync(target, { recursive: true, force: true });
      renameSync(partial, target);
    }
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

const POLICY_PATH = "/usr/sbin/policy-rc.d";

/** Installs while a policy forbids package scripts to start services; leaves no policy behind. */
function install(names: readonly string[]): void {
  const hasOwnPolicy = existsSync(POLICY_PATH);
  if (!hasOwnPolicy) writeFileSync(POLICY_PATH, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    run("apt-get", ["install", "-y", "--no-install-recommends", ...names]);
  } finally {
    if (!hasOwnPolicy) rmSync(POLICY_PATH, { force: true });
  }
}

export interface WantedPackages {
  readonly unpacked: readonly string[];
  readonly installed: readonly string[];
}

/** Gets all of `wanted`; `report` receives one line per step. */
export function getPackages(
  wanted: WantedPackages,
  folder: string,
  report: (line: string) => void,
): void {
  if (wanted.unpacked.length + wanted.installed.length === 0) return;
  report("updating the package list ...");
  run("apt-get", ["update"]);
  if (wanted.unpacked.length > 0) {
    report(`unpacking ${wanted.unpacked.join(", ")} into ${folder} ...`);
    unpack(wanted.unpacked, folder);
  }
  if (wanted.installed.length > 0) {
    report(`installing ${wanted.installed.join(", ")} ...`);
    install(wanted.installed);
  }
}
