// Covers: src/cli/commands/test-command.ts
import { expect, test } from "vitest";
import { FakeCli } from "./fake-cli.ts";

const GOOD = `load 1m
  up{job="a"} 1 2 3

eval instant at 2m up
  up{job="a"} 3
`;
const BAD = GOOD.replace('up{job="a"} 3\n', 'up{job="a"} 4\n');

test("runs scripts and counts on the last line", async () => {
  const cli = new FakeCli();
  cli.files.set("good.test", GOOD);
  await cli.run("test", "promql", "good.test");
  expect([cli.code, cli.err]).toEqual([0, ""]);
  expect(cli.out.trimEnd().split("\n").at(-1)).toBe("1 passed, 0 failed");
});

test("a failure names file and line and fails the command", async () => {
  const cli = new FakeCli();
  cli.files.set("good.test", GOOD).set("bad.test", BAD);
  await cli.run("test", "promql", "good.test", "bad.test");
  expect(cli.code).toBe(1);
  expect(cli.out).toContain("bad.test:4: ");
  expect(cli.out.trimEnd().split("\n").at(-1)).toBe("1 passed, 1 failed");
});

test("says what is missing", async () => {
  for (const [args, message] of [
    [["test"], "want a kind of tests: promql, rules"],
    [["test", "promql"], "got no files"],
    [["test", "promql", "none.test"], "cannot read test file none.test: no such file"],
  ] as const) {
    const cli = await new FakeCli().run(...args);
    expect(cli.code).not.toBe(0);
    expect(cli.err).toContain(message);
  }
});

test("runs unit tests of rule files", async () => {
  const cli = new FakeCli();
  cli.files.set("r.yml", "groups: [{ name: g, rules: [{ record: double, expr: x * 2 }] }]");
  cli.files.set(
    "t.yml",
    `rule_files: [r.yml]
tests:
  - interval: 1m
    input_series: [{ series: x, values: "1 2" }]
    promql_expr_test:
      - { expr: double, eval_time: 1m, exp_samples: [{ labels: double, value: 4 }] }
      - { expr: double, eval_time: 0m, exp_samples: [{ labels: double, value: 3 }] }
`,
  );
  await cli.run("test", "rules", "t.yml");
  expect(cli.out).toContain("t.yml:7: ");
  expect(cli.out.trimEnd().split("\n").at(-1)).toBe("1 passed, 1 failed");
  expect(cli.code).toBe(1);
});
