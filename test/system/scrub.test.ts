/**
 * A bit flips in a finished log segment while the node runs: the node finds it by itself, says
 * where, and goes on serving.
 */
import { closeSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { GyreProcess } from "#test/support/gyre-process.ts";
import { snappyBody } from "#test/support/remote-write-body.ts";
import { ScratchFolder } from "#test/support/scratch-folder.ts";

const ARGS = [
  ...["--selfScrape.interval", "0", "--jobs.scrubInterval", "1s"],
  // Segments stay, whatever the clock says.
  ...["--storage.headWindow", "0"],
];
const WAIT_MS = 20_000;

async function metric(node: GyreProcess, name: string): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

async function whenAtLeast(node: GyreProcess, name: string, value: number): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while ((await metric(node, name)) < value) {
    expect(Date.now(), `${name} below ${value}:\n${node.log}`).toBeLessThan(deadline);
    await sleep(50);
  }
}

async function write(node: GyreProcess): Promise<void> {
  const series = Array.from({ length: 500 }, (_, i) => ({
    labels: [["__name__", `scrubbed_${i}`] as const],
    samples: [[Date.now(), i] as const],
  }));
  const headers = { "content-encoding": "snappy", "content-type": "application/x-protobuf" };
  const body = Buffer.from(snappyBody(series));
  const answer = await fetch(`${node.url}/api/v1/write`, { method: "POST", headers, body });
  expect(answer.status).toBe(204);
}

function flipBit(path: string, offset: number): void {
  const file = openSync(path, "r+");
  const byte = new Uint8Array(1);
  readSync(file, byte, 0, 1, offset);
  byte[0]! ^= 16;
  writeSync(file, byte, 0, 1, offset);
  closeSync(file);
}

test("a flipped bit in a finished segment is found and named", async () => {
  using data = new ScratchFolder();
  const first = await GyreProcess.start({ data: data.path, args: ARGS });
  await write(first);
  await first.end("SIGTERM");
  // A new life writes to a new segment: the old one is finished.
  const node = await GyreProcess.start({ data: data.path, args: ARGS });
  try {
    await whenAtLeast(node, "gyre_scrub_passes_total", 1);
    expect(await metric(node, "gyre_scrub_segments_total")).toBeGreaterThan(0);
    expect(await metric(node, "gyre_scrub_corruptions_total")).toBe(0);
    const folder = join(data.path, "wal", "0000");
    const [oldest] = readdirSync(folder).toSorted();
    flipBit(join(folder, oldest!), 300);
    await whenAtLeast(node, "gyre_scrub_corruptions_total", 1);
    // Told when the pass ends, the count as soon as the damage is seen.
    await whenAtLeast(node, "gyre_scrub_damaged_bytes", 1);
    expect(node.log).toMatch(/"segmentId":1,.*scrub found damage/);
    await write(node);
  } finally {
    await node.end("SIGTERM");
  }
  expect(node.log).not.toMatch(/cannot go on/);
});
