import { expect, test } from "vitest";
import { CONFIG_ENTRIES } from "#config/config-schema.ts";
import { configTexts, configYaml } from "#config/config-text.ts";
import { loadConfig, type LoadedConfig } from "#config/load-config.ts";

const MACHINE = { memoryBytes: 16 * 1024 ** 3, cores: 8 };

function load(args: readonly string[], text = ""): LoadedConfig {
  return loadConfig({ args, environment: {}, machine: MACHINE, readFile: () => text });
}

const SETTINGS = [
  [],
  ["--listen", "[::1]:80", "--storage.outOfOrderWindow", "unlimited", "--data", 'a "b": c'],
  ["--features", "promql-experimental-functions,use-start-timestamps", "--jobs.scrubInterval", "0"],
];

test.each(SETTINGS)("the file that is printed reads as the same configuration: %j", (...args) => {
  const { config } = load(args);
  expect(load(["--config", "printed.yaml"], configYaml(config)).config).toEqual(config);
});

test("every option has a text", () => {
  const texts = configTexts(load(["--listen", ":9", "--storage.outOfOrderWindow", "90m"]).config);
  expect(Object.keys(texts)).toEqual(CONFIG_ENTRIES.map(({ path }) => path));
  expect(texts).toMatchObject({ "http.listen": ":9", "storage.outOfOrderWindow": "1h30m" });
});
