// Covers: src/cli/commands/import.ts, src/cli/commands/export.ts, src/cli/server-url.ts
import { expect, test } from "vitest";
import { FakeCli } from "./fake-cli.ts";

function cliWith(status: number, body = ""): FakeCli {
  const cli = new FakeCli();
  cli.reply = () => Promise.resolve({ status, body });
  return cli;
}

test.each([
  ["a.jsonl", "/api/v1/import", {}],
  ["-", "/api/v1/import", {}],
  ["b.JSON.gz", "/api/v1/import", { "content-encoding": "gzip" }],
  ["folder.d/c.prom.zst", "/api/v1/import/prometheus", { "content-encoding": "zstd" }],
])("import %s", async (name, path, headers) => {
  const cli = await cliWith(204).run("import", name);
  expect(cli.code, cli.err).toBe(0);
  expect(cli.moved).toEqual([{ name, url: `http://127.0.0.1:8428${path}`, headers }]);
  expect(cli.out).toContain(`${name}: stored, sent `);
});

test("import passes on what it is told", async () => {
  const flags = ["--url", "http://x:1/", "--columns", "1:metric:a", "--label", "dc=a"];
  const cli = await cliWith(204).run("import", "a.csv", ...flags, "--timestamp=5");
  expect(cli.moved).toMatchObject([
    { url: "http://x:1/api/v1/import/csv?format=1%3Ametric%3Aa&extra_label=dc%3Da&timestamp=5" },
  ]);
});

test("import goes on with the next file and says what was not stored", async () => {
  const cli = await cliWith(400, "cannot import 1 of 2 lines\nline 2: got no JSON\n").run(
    ...["import", "a.json", "b.json"],
  );
  expect(cli.code).toBe(1);
  expect(cli.moved).toHaveLength(2);
  expect(cli.err).toContain("gyre: a.json: cannot import 1 of 2 lines\nline 2: got no JSON");
  const down = new FakeCli();
  down.reply = () => Promise.reject(new Error("ECONNREFUSED"));
  expect((await down.run("import", "a.json")).err).toContain("cannot import a.json: ECONNREFUSED");
});

test.each([
  [["import"], "got no file"],
  [["import", "a.csv"], "--columns: got none"],
  [["import", "a", "--format", "xml"], '--format: got "xml"'],
  [["export"], "got no selector"],
  [["export", "up", "--format", "csv"], "--columns: got none"],
  [["export", "up", "--columns", "a"], "want it with --format csv only"],
])("%j is refused", async (args, cause) => {
  const cli = await new FakeCli().run(...args);
  expect(cli.code).toBe(2);
  expect(cli.err).toContain(cause);
});

test("export asks for the series and the range", async () => {
  const cli = await cliWith(200).run("export", "down", "--match", "up", "--start=1", "--end=2");
  expect(cli.code, cli.err).toBe(0);
  expect(cli.moved).toEqual([
    {
      url: "http://127.0.0.1:8428/api/v1/export",
      form: "match%5B%5D=up&match%5B%5D=down&start=1&end=2&format=json",
      name: "-",
    },
  ]);
  // Standard output is the export and nothing else.
  expect(cli.out).toBe("");
  const csv = await cliWith(200).run(
    ...["export", "up", "--format", "csv", "--columns", "__value__", "--output", "up.csv"],
  );
  expect(csv.moved).toMatchObject([
    { url: expect.stringContaining("/export/csv"), name: "up.csv" },
  ]);
  expect(csv.out).toContain("up.csv: received 7B");
});

test("export tells the node's error", async () => {
  const cli = await cliWith(400, '{"error":"invalid parameter"}').run("export", "up{");
  expect(cli.code).toBe(1);
  expect(cli.err).toContain("cannot export: invalid parameter");
  const broken = new FakeCli();
  broken.reply = () => Promise.reject(new Error("terminated"));
  expect((await broken.run("export", "up")).err).toContain("broke off: terminated");
});
