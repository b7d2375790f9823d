/**
 * The supply chain: exact versions, few runtime packages, a lock file that names no registry host,
 * no install script that was not looked at, and each outside library behind one folder.
 */
import { isWithin } from "../layers.ts";
import type { Rule, Violation } from "../rule.ts";
import type { SourceFile, SourceTree } from "../source-tree.ts";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockEntry extends Manifest {
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** The libraries the product is defined with; their own trees are not counted. */
const GIVEN = [
  "@bufbuild/protobuf",
  "@grpc/grpc-js",
  "etcd3",
  "hashring",
  "modbus-serial",
  "pino",
  "piscina",
  "testcontainers",
  "vitest",
];

/** Beyond the given ones: each more is another maintainer to trust. */
const RUNTIME_PACKAGES_MAX = 25;

/**
 * Install scripts never run here (`ignore-scripts` in .npmrc). These packages have one; each was
 * read and is not needed: buf only checks its binary, cpu-features and ssh2 build optional speed-ups,
 * protobufjs prints a version warning, the serial port bindings ship prebuilt.
 */
const KNOWN_INSTALL_SCRIPTS = [
  "@bufbuild/buf",
  "@serialport/bindings-cpp",
  "cpu-features",
  "protobufjs",
  "ssh2",
];

/** The one folder (or few) that may import a library; tests and bench may, too. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  "@grpc/grpc-js": ["cluster/rpc"],
  etcd3: ["cluster/membership/etcd"],
  hashring: ["cluster/placement"],
  "modbus-serial": ["src/collect/modbus"],
  pino: ["src/runtime/node"],
  piscina: ["src/runtime/node", "src/runtime/worker"],
  yaml: ["src/config", "src/rules", "src/alerting", "src/collect", "src/relabel"],
};

function fault(path: string, message: string): Violation {
  return { path, line: 0, message };
}

function checkManifest(manifest: Manifest): Violation[] {
  const all = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };
  return Object.entries(all)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) =>
      fault("package.json", `${name} is pinned to "${version}": want one exact version`),
    );
}

/** Lock keys of `roots` and everything they pull in; nested copies are found first. */
function closure(lock: Lock, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    let base = from;
    for (;;) {
      const key = base === "" ? `node_modules/${name}` : `${base}/node_modules/${name}`;
      const entry = lock.packages[key];
      if (entry !== undefined) {
        if (found.has(key)) return;
        found.add(key);
        const next = { ...entry.dependencies, ...entry.optionalDependencies };
        for (const dependency of Object.keys(next)) visit(dependency, key);
        return;
      }
      if (base === "") return;
      base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")));
    }
  };
  for (const name of roots) visit(name, "");
  return found;
}

function checkLock(manifest: Manifest, lock: Lock): Violation[] {
  const path = "package-lock.json";
  const violations: Violation[] = [];
  for (const [key, entry] of Object.entries(lock.packages)) {
    const name = key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length);
    if (entry.resolved !== undefined) {
      violations.push(fault(path, `${name} names the host ${entry.resolved}: delete "resolved"`));
    }
    if (entry.hasInstallScript === true && !KNOWN_INSTALL_SCRIPTS.includes(name)) {
      const message = `${name} has an install script: read it, then add it to KNOWN_INSTALL_SCRIPTS`;
      violations.push(fault(path, message));
    }
  }
  const names = Object.keys(manifest.dependencies ?? {});
  const given = closure(
    lock,
    names.filter((name) => GIVEN.includes(name)),
  );
  const all = closure(lock, names);
  const counted = [...all].filter((key) => !given.has(key));
  if (counted.length > RUNTIME_PACKAGES_MAX) {
    const message = `${counted.length} runtime packages beyond the given ones, want <= ${RUNTIME_PACKAGES_MAX}`;
    violations.push(fault("package.json", message));
  }
  return violations;
}

/** `@a/b/c` -> `@a/b`; `yaml/x` -> `yaml`. */
function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function checkImports(file: SourceFile, manifest: Manifest): Violation[] {
  // Plain JavaScript there is for set-up and builds, which have the development packages.
  if (!/^(src|cluster)\/.*\.ts$/.test(file.path)) return [];
  return file.imports.flatMap(({ specifier, target, line }) => {
    if (target !== null || specifier.startsWith("node:")) return [];
    const name = packageName(specifier);
    if (manifest.dependencies?.[name] === undefined) {
      const message = `imports ${name}, which is not in "dependencies" of package.json`;
      return [{ path: file.path, line, message }];
    }
    const owners = OWNERS[name];
    if (owners === undefined || owners.some((folder) => isWithin(file.path, folder))) return [];
    const message = `imports ${name}: only ${owners.join(", ")} may; use its port`;
    return [{ path: file.path, line, message }];
  });
}

function check(tree: SourceTree): Violation[] {
  if (!tree.has("package.json")) return [];
  const manifest = JSON.parse(tree.read("package.json")) as Manifest;
  const lock: Lock = tree.has("package-lock.json")
    ? (JSON.parse(tree.read("package-lock.json")) as Lock)
    : { packages: {} };
  return [
    ...checkManifest(manifest),
    ...checkLock(manifest, lock),
    ...tree.files.flatMap((file) => checkImports(file, manifest)),
  ];
}

const lockOf = (packages: Record<string, unknown>): string => JSON.stringify({ packages });
const many = Array.from({ length: 26 }, (_, index) => `p${index}`);

export const packagesRule: Rule = {
  name: "packages",
  check,
  canaries: [
    { files: { "package.json": '{"dependencies":{"a":"^1.0.0"}}' }, want: "one exact version" },
    {
      files: {
        "package.json": "{}",
        "package-lock.json": lockOf({ "node_modules/a": { resolved: "https://host/a.tgz" } }),
      },
      want: "names the host",
    },
    {
      files: {
        "package.json": "{}",
        "package-lock.json": lockOf({ "node_modules/a": { hasInstallScript: true } }),
      },
      want: "has an install script",
    },
    {
      files: {
        "package.json": '{"dependencies":{"a":"1.0.0"}}',
        "package-lock.json": lockOf({
          "node_modules/a": { dependencies: Object.fromEntries(many.map((name) => [name, "1"])) },
          ...Object.fromEntries(many.map((name) => [`node_modules/${name}`, {}])),
        }),
      },
      want: "27 runtime packages",
    },
    {
      files: { "package.json": "{}", "src/base/a.ts": 'import { x } from "left-pad";' },
      want: 'not in "dependencies"',
    },
    {
      files: {
        "package.json": '{"dependencies":{"etcd3":"1.1.2"}}',
        "cluster/shard/a.ts": 'import { Etcd3 } from "etcd3";',
      },
      want: "only cluster/membership/etcd may",
    },
  ],
  passes: {
    "package.json": '{"dependencies":{"etcd3":"1.1.2","@a/b":"1.0.0-rc.1"}}',
    "package-lock.json": lockOf({ "node_modules/ssh2": { hasInstallScript: true } }),
    "cluster/membership/etcd/a.ts": 'import { Etcd3 } from "etcd3";',
    "src/base/a.ts": 'import { x } from "@a/b/c";',
  },
};
