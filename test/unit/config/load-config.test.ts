/**
 * From file, environment and flags to a configuration, and every way to get one wrong.
 * Covers: src/config/kinds/, src/config/assignment.ts, src/config/read-config-file.ts
 * Covers: src/config/read-config-flags.ts, src/config/read-config-environment.ts
 */
import { expect, test } from "vitest";
import { ConfigError } from "#config/config-error.ts";
import { type ConfigSources, loadConfig } from "#config/load-config.ts";

const MACHINE = { memoryBytes: 16 * 1024 ** 3, cores: 8 };

function load(given: { text?: string } & Partial<ConfigSources>): ReturnType<typeof loadConfig> {
  const { text = "", args = [], ...rest } = given;
  return loadConfig({
    args: ["--config", "gyre.yaml", ...args],
    environment: {},
    machine: MACHINE,
    readFile: () => text,
    ...rest,
  });
}

function problemsOf(given: Parameters<typeof load>[0]): readonly string[] {
  try {
    load(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

test("with nothing given every setting has its default", () => {
  const { config, origins } = load({});
  expect(config).toMatchObject({
    data: "./data",
    features: [],
    http: { listen: { host: "127.0.0.1", port: 8428 }, headersTimeoutMs: 10_000 },
    storage: { headBytesMax: Math.floor(16 * 1024 ** 3 * 0.4), shards: 64, lanes: 4 },
    threads: { shardWorkers: 8, queryWorkers: 4 },
    query: { timeoutMs: 120_000, lookbackDeltaMs: 300_000, pointsPerSeriesMax: 11_000 },
    selfScrape: { intervalMs: 5000 },
  });
  expect(origins.size).toBe(0);
});

test("the configuration cannot be changed", () => {
  const { config } = load({});
  expect(Object.isFrozen(config)).toBe(true);
  for (const section of Object.values(config)) expect(Object.isFrozen(section)).toBe(true);
});

test("one core still gets a query worker", () => {
  const { config } = load({ machine: { memoryBytes: 1024 ** 2, cores: 1 } });
  expect(config.threads.queryWorkers).toBe(1);
  expect(config.storage.headBytesMax).toBe(64 * 1024 ** 2);
});

test("flags win over the environment, the environment over the file", () => {
  const text = "storage:\n  lanes: 1\n  shards: 128\nquery:\n  timeout: 1s\n";
  const environment = { GYRE_STORAGE_LANES: "2", GYRE_STORAGE_SHARDS: "256" };
  const { config, origins } = load({ text, environment, args: ["--storage.lanes=3"] });
  expect(config.storage).toMatchObject({ lanes: 3, shards: 256 });
  expect(config.query.timeoutMs).toBe(1000);
  expect(origins.get("storage.lanes")).toBe("--storage.lanes");
  expect(origins.get("storage.shards")).toBe("GYRE_STORAGE_SHARDS");
  expect(origins.get("query.timeout")).toBe("gyre.yaml:5: query.timeout");
});

test.each([
  ["http: {listen: ':9'}", "http", { listen: { host: "", port: 9 } }],
  ["http: {listen: '[::1]:9'}", "http", { listen: { host: "::1", port: 9 } }],
  ["storage: {outOfOrderWindow: unlimited}", "storage", { outOfOrderWindowMs: Infinity }],
  ["storage: {outOfOrderWindow: 0}", "storage", { outOfOrderWindowMs: 0 }],
  ["storage: {headBytesMax: 50%}", "storage", { headBytesMax: 8 * 1024 ** 3 }],
  ["selfScrape: {interval: 0}", "selfScrape", { intervalMs: 0 }],
  ["query: {samplesMax: 1_000_000}", "query", { samplesMax: 1_000_000 }],
] as const)("%s", (text, section, want) => {
  expect(load({ text }).config[section]).toMatchObject(want);
});

test("features are a YAML list or words with commas", () => {
  const want = ["promql-duration-expr", "use-start-timestamps"];
  const text = `features:\n  - ${want.join("\n  - ")}\n`;
  expect(load({ text }).config.features).toEqual(want);
  expect(load({ args: ["--features", want.join(",")] }).config.features).toEqual(want);
});

test("words that are no flags are left to the caller", () => {
  const { words } = load({ args: ["a", "--data", "b", "c"] });
  expect(words).toEqual(["a", "c"]);
});

test("an error names file, line, field, what was found and what was wanted", () => {
  const text = "\n\nstorage:\n  lanes: 4\n  headBytesMax: 12 apples\n";
  expect(problemsOf({ text })).toEqual([
    'gyre.yaml:5: storage.headBytesMax: got "12 apples", want bytes such as 512MiB, ' +
      "between 64MiB and 1TiB, or a share of the memory as 40%",
  ]);
});

test.each([
  ["storage:\n  headByteMax: 1", "gyre.yaml:2: storage.headByteMax: unknown field, did you mean"],
  ["http:\n  headersTimeoutMs: 1s", "did you mean headersTimeout?"],
  ["stroage: {}", "gyre.yaml:1: stroage: unknown field, did you mean storage?"],
  ["x: 1", "known here: data, features, http"],
  ["http: 12", 'gyre.yaml:1: http: got "12", want options below it'],
  ["data: [a]", "gyre.yaml:1: data: got a list, want a path"],
  ["query:\n  timeout:", "gyre.yaml:2: query.timeout: got nothing, want a duration such as 2m"],
  ["storage: {shards: 65}", "want a power of two between 1 and 32768"],
  ["storage: {lanes: 1e1}", 'storage.lanes: got "1e1"'],
  ["http: {listen: 127.0.0.1:99999}", "want an address such as 127.0.0.1:8428"],
  ["data: a\ndata: b", "gyre.yaml:2: not YAML"],
  ["- a", "gyre.yaml:1: got a list, want sections"],
  ["features: [nope]", "want a list of promql-experimental-functions"],
])("%j is refused", (text, want) => {
  const problems = problemsOf({ text });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(want);
});

test("all problems of all sources are reported together", () => {
  const problems = problemsOf({
    text: "a: 1\nhttp: {connectionsMax: 1}",
    args: ["--http.listn", "x", "--data", "a", "--data", "b"],
    environment: { GYRE_LOG_LEVEL: "loud" },
  });
  expect(problems).toHaveLength(5);
  expect(problems).toContain("--http.listn: unknown flag, did you mean --http.listen?");
  expect(problems).toContain("--data: got it twice, want it once");
  expect(problems).toContain('GYRE_LOG_LEVEL: got "loud", want one of debug, info, warn, error');
});

test("a flag without its value is an error", () => {
  expect(problemsOf({ args: ["--data"] })[0]).toContain("--data: got nothing, want a path");
});

test("foreign variables are ignored, typing errors warned about", () => {
  const environment = { GYRE_PORT_8428_TCP: "tcp://1", GYRE_STORAGE_LANE: "1", GYRE_DATA: "" };
  const { warnings, config } = load({ environment });
  expect(warnings).toEqual(["GYRE_STORAGE_LANE: unknown, did you mean GYRE_STORAGE_LANES?"]);
  expect(config.data).toBe("./data");
});

test("a file that cannot be read is one problem", () => {
  const readFile = (): string => {
    throw new Error("no such file");
  };
  expect(problemsOf({ readFile })).toEqual([
    "cannot read configuration file gyre.yaml: no such file",
  ]);
});

test("no alias can make a small file large", () => {
  const text = `a: &a [x]\nhttp: *a\n`;
  expect(problemsOf({ text })).toContain(
    "gyre.yaml:2: http: got an alias, want options below it, indented",
  );
});
