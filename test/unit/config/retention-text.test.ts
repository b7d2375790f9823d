// Covers: src/config/kinds/retention-rules-option.ts, src/config/kinds/shard-list-option.ts
import { expect, test } from "vitest";
import { ConfigError } from "#config/config-error.ts";
import { configYaml } from "#config/config-text.ts";
import type { GyreConfig } from "#config/gyre-config.ts";
import { loadConfig } from "#config/load-config.ts";
import { parseRetentionText } from "#config/retention-text.ts";

const HOUR_MS = 3_600_000;
const MACHINE = { memoryBytes: 16 * 1024 ** 3, cores: 8 };

function load(args: readonly string[], text = ""): GyreConfig {
  return loadConfig({ args, environment: {}, machine: MACHINE, readFile: () => text }).config;
}

test("a rule names series and ages", () => {
  expect(parseRetentionText('tenant=7 {env="dev",job=~"a|b"} raw=1d 1m=unlimited 1h=48h')).toEqual({
    tenant: 7,
    matchers: [
      { name: "env", kind: "=", value: "dev" },
      { name: "job", kind: "=~", value: "a|b" },
    ],
    rawMs: 24 * HOUR_MS,
    minutesMs: Infinity,
    hoursMs: 48 * HOUR_MS,
  });
  expect(parseRetentionText("tenant=0 raw=2h")).toEqual({
    tenant: 0,
    matchers: [],
    rawMs: 2 * HOUR_MS,
  });
});

test.each([
  ...["", "raw=1d", '{a="b"}', "tenant=1", "tenant=x raw=1d", "tenant=4294967296 raw=1d"],
  ...['{a="b"} raw=1d raw=2d', '{a="b"} raw=59m', '{a="b"} hours=1d', '{a="b" raw=1d', "{} raw=1d"],
])("%j is refused", (text) => expect(parseRetentionText(text)).toBeNull());

test("rules are a list, in files and flags, and print as they are read", () => {
  const rules = ['{env="dev",a="x, }"} raw=1d', "tenant=7 {job=~`b\\,{`} 1h=3d"];
  const { storage } = load(["--storage.retentionRules", rules.join(", ")]);
  expect(storage.retentionRules).toEqual(rules);
  const lines = rules.map((rule) => `    - ${JSON.stringify(rule)}\n`).join("");
  const file = `storage:\n  retentionRules:\n${lines}`;
  const config = load(["--config", "a.yaml"], file);
  expect(config.storage.retentionRules).toEqual(rules);
  expect(load(["--config", "b.yaml"], configYaml(config))).toEqual(config);
  expect(load([]).storage.retentionRules).toEqual([]);
  expect(() => load(["--storage.retentionRules", "raw=1d"])).toThrow(ConfigError);
});

test("sizes may be unlimited where that is the default", () => {
  expect(load([]).storage.retentionBytesMax).toBe(Infinity);
  const sized = (text: string): number =>
    load(["--storage.retentionBytesMax", text]).storage.retentionBytesMax;
  expect(sized("100GiB")).toBe(100 * 1024 ** 3);
  expect(sized("unlimited")).toBe(Infinity);
  expect(() => sized("1MiB")).toThrow(ConfigError);
  expect(() => load(["--storage.headBytesMax", "unlimited"])).toThrow(ConfigError);
});

test("shards are listed by number", () => {
  const listed = (text: string): readonly number[] =>
    load(["--storage.acceptLoss", text]).storage.acceptLoss;
  expect(listed("3, 17,3")).toEqual([3, 17]);
  expect(load([]).storage.acceptLoss).toEqual([]);
  for (const text of ["a", "32768", "-1", "1.5"]) {
    expect(() => listed(text)).toThrow(ConfigError);
  }
});
