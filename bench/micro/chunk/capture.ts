/**
 * `node bench/micro/chunk/capture.ts FILE [SECONDS]`: scrapes Debian's node exporter once a second
 * into a file that `npm run bench -- chunk --capture FILE` reads. One second stands for fifteen.
 */
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startNodeExporter } from "#test/support/node-exporter.ts";

const [path, seconds = "1440"] = process.argv.slice(2);
if (path === undefined) throw new Error("capture: want a file to write");
await using exporter = await startNodeExporter();
const out = createWriteStream(path);
let nextMs = Date.now();
for (let i = 0; i < Number(seconds); i++) {
  const response = await fetch(`http://${exporter.address}/metrics`);
  const lines = (await response.text()).split("\n");
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));
  out.write(`# SCRAPE ${Date.now()}\n${samples.join("\n")}\n`);
  nextMs += 1000;
  await sleep(Math.max(0, nextMs - Date.now()));
}
out.end();
