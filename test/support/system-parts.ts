/**
 * The programs system tests run against Gyre: where each is found, and one clear line when it is
 * not. Looked for in this order: the override in the environment, the PATH, the folder into which
 * `prepare-system.ts` unpacks Debian packages. Nothing here installs or starts anything.
 */
import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export interface SystemPart {
  /** Environment variable that names the program's path. */
  readonly override: string;
  /** File names under which the program is known. */
  readonly programs: readonly string[];
  readonly debianPackage: string;
  /**
   * True when the package is unpacked into the cache folder: its programs need no other package,
   * and installing it would start or enable a daemon. False: it is installed.
   */
  readonly isUnpacked: boolean;
}

function daemon(name: string, programs: readonly string[], debianPackage: string): SystemPart {
  return { override: overrideOf(name), programs, debianPackage, isUnpacked: true };
}

function tool(name: string, programs: readonly string[], debianPackage: string): SystemPart {
  return { override: overrideOf(name), programs, debianPackage, isUnpacked: false };
}

function overrideOf(name: string): string {
  return `GYRE_TEST_${name.toUpperCase().replaceAll(/\W/g, "_")}`;
}

export type PartName =
  | "alertmanager"
  | "amtool"
  | "chromium"
  | "etcd"
  | "losetup"
  | "mkfs.ext4"
  | "mount"
  | "node-exporter"
  | "perl"
  | "prometheus"
  | "promtool"
  | "strace"
  | "victoria-metrics"
  | "vmagent";

export const SYSTEM_PARTS: Readonly<Record<PartName, SystemPart>> = {
  etcd: daemon("etcd", ["etcd"], "etcd-server"),
  prometheus: daemon("prometheus", ["prometheus"], "prometheus"),
  promtool: daemon("promtool", ["promtool"], "prometheus"),
  "node-exporter": daemon(
    "node-exporter",
    ["prometheus-node-exporter", "node_exporter"],
    "prometheus-node-exporter",
  ),
  alertmanager: daemon(
    "alertmanager",
    ["prometheus-alertmanager", "alertmanager"],
    "prometheus-alertmanager",
  ),
  amtool: daemon("amtool", ["amtool"], "prometheus-alertmanager"),
  "victoria-metrics": daemon(
    "victoria-metrics",
    ["victoria-metrics", "victoria-metrics-prod"],
    "victoria-metrics",
  ),
  vmagent: daemon("vmagent", ["vmagent", "vmagent-prod"], "victoria-metrics"),
  chromium: tool("chromium", ["chromium", "chromium-browser", "google-chrome"], "chromium"),
  "mkfs.ext4": tool("mkfs.ext4", ["mkfs.ext4"], "e2fsprogs"),
  losetup: tool("losetup", ["losetup"], "util-linux"),
  mount: tool("mount", ["mount"], "mount"),
  perl: tool("perl", ["perl"], "perl"),
  strace: tool("strace", ["strace"], "strace"),
};

export function isPartName(name: string): name is PartName {
  return Object.hasOwn(SYSTEM_PARTS, name);
}

/** Where unpacked packages live: outside the project, so that a clean clone finds them again. */
export function partsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return environment["GYRE_TEST_PARTS"] ?? join(cache, "gyre", "parts");
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Programs of the system that a plain user's PATH leaves out. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

function unpackedFolders(environment: NodeJS.ProcessEnv): string[] {
  const folder = partsFolder(environment);
  try {
    return readdirSync(folder).map((name) => join(folder, name, "usr", "bin"));
  } catch {
    return [];
  }
}

/** Path of the program, or null when it is nowhere. A wrong override is an error, not a miss. */
export function findPart(
  name: PartName,
  environment: NodeJS.ProcessEnv = process.env,
): string | null {
  const part = SYSTEM_PARTS[name];
  const override = environment[part.override];
  if (override !== undefined && override !== "") {
    if (isExecutable(override)) return override;
    throw new Error(`cannot run ${name}: ${part.override}=${override} is no executable file`);
  }
  const onPath = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...onPath, ...SYSTEM_FOLDERS, ...unpackedFolders(environment)]) {
    const found = part.programs.map((file) => join(folder, file)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return null;
}

/** Path of the program; throws one line that says how to get it. System tests call this. */
export function requirePart(name: PartName, environment: NodeJS.ProcessEnv = process.env): string {
  const found = findPart(name, environment);
  if (found !== null) return found;
  const { override, debianPackage } = SYSTEM_PARTS[name];
  throw new Error(
    `cannot find ${name}: not on the PATH; set ${override} to its path, or run ` +
      `"npm run test:system" as root on Debian to get package ${debianPackage}`,
  );
}
