/**
 * Calls that are wrong here, each with its replacement. Clocks, timers, sockets and files are
 * oxlint's part (`../oxlint.json`); this table holds what a linter cannot say.
 */
import { isWithin } from "../layers.ts";
import type { Rule, Violation } from "../rule.ts";
import { walk } from "../source-tree.ts";
import type { AstNode, SourceFile } from "../source-tree.ts";

interface BannedCall {
  /** `new X`, `X`, `X()` (no arguments), `x.y` or `.y` (method of anything). */
  readonly call: string;
  readonly instead: string;
  /** Where the ban holds. */
  readonly inside: readonly string[];
  /** Where it does not, though inside. */
  readonly except?: readonly string[];
}

const SOURCE = ["src", "cluster"];
const REAL_TIME = ["src/runtime/node", "src/http", "src/cli", "cluster/rpc", "cluster/main.ts"];
const PURE_TESTS = ["test/unit", "test/property", "test/golden", "test/sim"];
const DRIVER_TESTS = ["runtime", "http", "cli", "cluster", "rpc", "membership"].flatMap((name) => [
  `test/unit/src/${name}`,
  `test/unit/${name}`,
  `test/unit/cluster/${name}`,
]);

const BANNED: readonly BannedCall[] = [
  {
    call: "new Date()",
    instead: "clock.wallMs() of a Clock parameter (#runtime/ports/clock.ts)",
    inside: SOURCE,
    except: [...REAL_TIME, "cluster/membership/etcd"],
  },
  {
    call: "new RegExp",
    instead: "a linear-time matcher (re2js): a hostile pattern must not stall a thread",
    inside: SOURCE,
  },
  {
    call: ".localeCompare",
    instead: "compareUtf8 (#base/bytes/compare-utf8.ts): order is byte order everywhere",
    inside: SOURCE,
  },
  {
    call: ".toLocaleString",
    instead: "a format spelled out: output must not depend on the machine's language",
    inside: SOURCE,
  },
  {
    call: "Buffer.allocUnsafe",
    instead: "new Uint8Array(n): pooled memory is shared and cannot be transferred",
    inside: SOURCE,
  },
  { call: "structuredClone", instead: "a constructor that names each field", inside: SOURCE },
  { call: "eval", instead: "nothing: code is never made from text", inside: SOURCE },
  { call: "new Function", instead: "nothing: code is never made from text", inside: SOURCE },
  {
    call: "process.exit",
    instead: "throw, or return an exit code: cluster/main.ts ends the process",
    inside: SOURCE,
    except: ["cluster/main.ts", "src/cli"],
  },
  {
    call: "process.on",
    instead: "a port: cluster/main.ts owns the signals and the last error handlers",
    inside: SOURCE,
    except: ["cluster/main.ts", "src/cli", "src/runtime/node"],
  },
  {
    call: "Atomics.wait",
    instead: "src/runtime/worker: blocking a thread is its decision",
    inside: SOURCE,
    // The log thread waits for work and for the disk: that is all it does.
    except: ["src/runtime/worker", "src/runtime/node", "src/tsdb/wal/log-loop.ts"],
  },
  {
    call: "vi.useFakeTimers",
    instead: "the simulated Clock of test/sim: code takes a Clock, never a timer",
    inside: ["test"],
  },
  {
    call: "setTimeout",
    instead: "a Clock that the test moves: unit tests are not timed",
    inside: PURE_TESTS,
    except: DRIVER_TESTS,
  },
  { call: "test.only", instead: "test: a focused test hides the others", inside: ["test"] },
  { call: "describe.only", instead: "describe: a focused test hides the others", inside: ["test"] },
  { call: "test.skip", instead: "a test that can fail, or none", inside: ["test"] },
  { call: "describe.skip", instead: "a test that can fail, or none", inside: ["test"] },
];

function nameOf(node: unknown): string {
  const { type, name } = (node ?? {}) as { type?: string; name?: unknown };
  return type === "Identifier" ? String(name) : "";
}

/** Spellings under which a call may be banned. */
function spellings(node: AstNode): string[] {
  const callee = node["callee"] as AstNode | undefined;
  if (callee === undefined) return [];
  const prefix = node.type === "NewExpression" ? "new " : "";
  const isBare = Array.isArray(node["arguments"]) && node["arguments"].length === 0;
  const withArity = (name: string): string[] => (isBare ? [name, `${name}()`] : [name]);
  if (callee.type === "Identifier") return withArity(`${prefix}${nameOf(callee)}`);
  if (callee.type === "MemberExpression" && callee["computed"] !== true) {
    const property = nameOf(callee["property"]);
    return [`.${property}`, ...withArity(`${prefix}${nameOf(callee["object"])}.${property}`)];
  }
  return [];
}

function checkFile(file: SourceFile): Violation[] {
  const rules = BANNED.filter(
    (ban) =>
      ban.inside.some((folder) => isWithin(file.path, folder)) &&
      !ban.except?.some((folder) => isWithin(file.path, folder)),
  );
  if (rules.length === 0) return [];
  const violations: Violation[] = [];
  walk(file.program, (node) => {
    if (node.type !== "CallExpression" && node.type !== "NewExpression") return;
    const names = spellings(node);
    for (const ban of rules) {
      if (!names.includes(ban.call)) continue;
      const message = `${ban.call} is banned here; use ${ban.instead}`;
      violations.push({ path: file.path, line: file.lineAt(node.start), message });
    }
  });
  return violations;
}

/** One canary per row, in a folder where the ban holds. */
const canaries = BANNED.map((ban) => {
  const target = ban.call.startsWith(".") ? `x${ban.call}` : ban.call;
  const path = ban.inside[0] === "src" ? "src/model/a.ts" : "test/property/a.test.ts";
  const code = target.endsWith("()") ? target : `${target}("x")`;
  return { files: { [path]: `export const x = ${code};` }, want: `${ban.call} is banned here` };
});

export const bannedCallsRule: Rule = {
  name: "banned-calls",
  check: (tree) => tree.files.flatMap(checkFile),
  canaries,
  passes: {
    "src/model/a.ts": "export const a = (ms: number): Date => new Date(ms);",
    "src/runtime/node/a.ts": "export const a = (): Date => new Date();",
    "test/unit/src/runtime/a.test.ts": "setTimeout(f, 1);",
  },
};
