import { readlinkSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, test } from "vitest";
import { lowerPriority } from "#runtime/node/lower-priority.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("the calling thread gets the nice value, another does not", () => {
  const before = getPriority(process.ppid);
  lowerPriority(7);
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  expect(getPriority(thread)).toBe(7);
  expect(getPriority(process.ppid)).toBe(before);
});
