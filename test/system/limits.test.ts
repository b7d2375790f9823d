/**
 * Limits of tenants, as a sender meets them: beyond its number of series or samples a tenant is
 * answered 429 with the limit's name, what it may have is stored, and other tenants notice nothing.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "#test/support/eventually.ts";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { queryInstant } from "#test/support/query-api.ts";
import { snappyBody, type TestSeries } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const SERIES_MAX = 50;
const RATE_MAX = 100;

const started = new AsyncDisposableStack();
let data = "";
let node: GyreProcess;
/** In the paths of a tenant that has the limits of all. */
let tenant = "";

async function start(): Promise<GyreProcess> {
  const limits = ["--limits.seriesMax", String(SERIES_MAX)];
  const tenants = ["--limits.tenants", `0:samplesPerSecondMax=${RATE_MAX}:seriesMax=unlimited`];
  const args = ["--selfScrape.interval", "0", "--http.adminApi", "on", ...limits, ...tenants];
  const process = await GyreProcess.start({ data, args });
  started.defer(async () => void (await process.end("SIGTERM")));
  return process;
}

beforeAll(async () => {
  data = join(started.use(new ScratchFolder()).path, "data");
  node = await start();
});

afterAll(() => started.disposeAsync());

function series(first: number, count: number, ms: number): TestSeries[] {
  return Array.from({ length: count }, (_, i) => ({
    labels: [
      ["__name__", "limited"],
      ["n", String(first + i)],
    ],
    samples: [[ms, first + i]],
  }));
}

async function write(
  path: string,
  body: readonly TestSeries[],
): Promise<{ status: number; text: string; retry: string | null }> {
  const response = await fetch(`${node.url}${path}/api/v1/write`, {
    method: "POST",
    body: Buffer.from(snappyBody(body)),
    headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
  });
  const text = await response.text();
  return { status: response.status, text, retry: response.headers.get("retry-after") };
}

/** Counters are published a few times a second. */
async function counted(name: string, want: number): Promise<void> {
  await eventually(`${name} ${want}`, 5000, async () => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
    const sum = lines.reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
    return sum === want ? true : null;
  });
}

test("new series beyond the limit are refused by name, the others are stored", async () => {
  const made = await fetch(`${node.url}/api/v1/admin/tenants`, { method: "POST" });
  const { data: issued } = (await made.json()) as { data: { tenant: number } };
  tenant = String(issued.tenant);
  const nowMs = Date.now();
  const path = `/insert/${tenant}/prometheus`;
  const first = await write(path, series(0, SERIES_MAX - 10, nowMs));
  expect(first.status, first.text).toBe(204);
  const over = await write(path, series(0, SERIES_MAX + 15, nowMs + 1));
  expect(over.status).toBe(429);
  expect(over.text).toContain(`cannot store 15 of the request's samples; the rest was stored (50)`);
  expect(over.text).toContain("new series over the tenant's limit (limits.seriesMax) (limit 50)");
  const known = await write(path, series(0, SERIES_MAX - 10, nowMs + 2));
  expect(known.status, known.text).toBe(204);
  const found = await queryInstant(
    `${node.url}/select/${tenant}/prometheus`,
    "count(limited)",
    nowMs + 2,
  );
  expect(found.result[0]?.value?.[1]).toBe("50");
  await counted("gyre_limits_series_refused_total", 15);
});

test("an import says the same of its lines", async () => {
  const body = `{"metric":{"__name__":"other"},"values":[1],"timestamps":[${Date.now()}]}\n`;
  const url = `${node.url}/insert/${tenant}/prometheus/api/v1/import`;
  const response = await fetch(url, { method: "POST", body });
  expect(response.status).toBe(429);
  expect(await response.text()).toContain("line 1: new series over the tenant's limit");
});

test("the count survives a restart", async () => {
  await node.end("SIGKILL");
  node = await start();
  const path = `/insert/${tenant}/prometheus`;
  expect((await write(path, series(1000, 1, Date.now()))).status).toBe(429);
  expect((await write(path, series(0, 5, Date.now()))).status).toBe(204);
});

test("samples beyond the rate are refused, and other tenants notice nothing", async () => {
  const nowMs = Date.now();
  // More than a burst at once passes, and the next request pays for it.
  expect((await write("", series(0, 60 * RATE_MAX, nowMs))).status).toBe(204);
  const over = await write("", series(0, 10, nowMs + 1));
  expect([over.status, over.retry]).toEqual([429, "1"]);
  expect(over.text).toContain(
    "cannot take 10 samples of tenant 0: its limit is 100 samples per second " +
      "(limits.samplesPerSecondMax)",
  );
  const other = await write(`/insert/${tenant}/prometheus`, series(0, 40, nowMs));
  expect(other.status).toBe(204);
  await counted("gyre_limits_samples_refused_total", 10);
});
