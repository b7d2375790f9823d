import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

const MODULE = new URL("../../../../src/runtime/node/lower-priority.ts", import.meta.url).href;

test.runIf(process.platform === "linux")("changes the calling thread only", async () => {
  const before = getPriority();
  const worker = new Worker(
    `import { lowerPriority } from ${JSON.stringify(MODULE)};
     import { readFileSync } from "node:fs";
     import { parentPort } from "node:worker_threads";
     lowerPriority(12);
     parentPort.postMessage(readFileSync("/proc/thread-self/stat", "latin1"));`,
    { eval: true },
  );
  const stat = await new Promise<string>((resolve) => worker.once("message", resolve));
  await worker.terminate();
  // Field 19 is the nice value; fields count from the bracket after the command.
  expect(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]).toBe("12");
  expect(getPriority()).toBe(before);
});
