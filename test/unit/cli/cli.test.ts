/**
 * The commands as a user types them, against fakes.
 * Covers: src/cli/commands/check.ts, src/cli/commands/serve.ts, src/cli/commands/version.ts
 * Covers: src/cli/help-text.ts, src/cli/usage-error.ts
 */
import { expect, test } from "vitest";
import { CONFIG_ENTRIES } from "#config/config-schema.ts";
import { FakeCli } from "./fake-cli.ts";

test.each([["--help"], ["-h"], ["help"]])("%s lists commands and options", async (word) => {
  const cli = await new FakeCli().run(word);
  expect(cli.code).toBe(0);
  for (const name of ["serve", "check", "query", "version"]) {
    expect(cli.out).toContain(`\n  ${name} `);
  }
  for (const { path } of CONFIG_ENTRIES) expect(cli.out).toContain(`--${path} <`);
});

test("nothing at all is answered with the help, as an error", async () => {
  const cli = await new FakeCli().run();
  expect(cli.code).toBe(2);
  expect(cli.err).toContain("Usage: gyre <command>");
  expect(cli.out).toBe("");
});

test.each([
  [["query", "--help"], "--step <duration>"],
  [["help", "query"], "--step <duration>"],
  [["serve", "-h"], "--http.listen <address>"],
])("%j explains one command", async (args, want) => {
  const cli = await new FakeCli().run(...args);
  expect(cli.code).toBe(0);
  expect(cli.out).toContain(want);
});

test.each([["version"], ["--version"], ["-v"]])("%s prints the version", async (word) => {
  expect((await new FakeCli().run(word)).out).toBe("gyre 1.2.3\n");
});

test.each([
  [["sevre"], 'unknown command "sevre", did you mean serve?'],
  [
    ["frobnicate"],
    "want one of serve, check, query, import, export, snapshot, inspect, test, version",
  ],
  [["--listen", ":1"], "got --listen, want a command first"],
  [["version", "x"], 'gyre version: got "x", want nothing'],
  [["serve", "x"], 'gyre serve: got "x", want flags only'],
  [["check", "a", "b"], 'gyre check: got "b", want one file'],
])("%j is a usage error", async (args, want) => {
  const cli = new FakeCli();
  cli.files.set("a", "");
  await cli.run(...args);
  expect(cli.code).toBe(2);
  expect(cli.err).toContain(want);
});

test("serve gets the loaded configuration", async () => {
  const cli = new FakeCli();
  cli.files.set("g.yaml", "storage: {lanes: 2}");
  cli.environment = { GYRE_STORAGE_LANE: "1" };
  await cli.run("serve", "--config", "g.yaml", "--listen", ":9");
  expect(cli.code).toBe(0);
  expect(cli.served).toMatchObject([{ storage: { lanes: 2 }, http: { listen: { port: 9 } } }]);
  expect(cli.err).toContain("did you mean GYRE_STORAGE_LANES?");
});

test("serve does not start with a wrong configuration", async () => {
  const cli = await new FakeCli().run("serve", "--http.listen", "nowhere", "--storage.lanes", "0");
  expect(cli.code).toBe(1);
  expect(cli.served).toEqual([]);
  expect(cli.err.trimEnd().split("\n")).toHaveLength(2);
});

test("check says what a file sets", async () => {
  const cli = new FakeCli();
  cli.files.set("g.yaml", "http:\n  listen: :9\nlog:\n  level: warn\n");
  await cli.run("check", "g.yaml");
  expect(cli.code).toBe(0);
  expect(cli.out).toBe(
    "ok: 2 options set, the rest at defaults\n" +
      "  http.listen (g.yaml:2)\n" +
      "  log.level (g.yaml:4)\n",
  );
});

test("check lists every problem", async () => {
  const cli = new FakeCli();
  cli.files.set("g.yaml", "http:\n  listen: x\nlog:\n  level: loud\n");
  await cli.run("check", "g.yaml");
  expect(cli.code).toBe(1);
  expect(cli.err).toContain('g.yaml:2: http.listen: got "x"');
  expect(cli.err).toContain('g.yaml:4: log.level: got "loud"');
  await cli.run("check", "gone.yaml");
  expect(cli.err).toContain("cannot read configuration file gone.yaml: no such file");
});

test("check prints the reference", async () => {
  const cli = await new FakeCli().run("check", "--reference");
  expect(cli.out).toContain("# Configuration reference");
});
