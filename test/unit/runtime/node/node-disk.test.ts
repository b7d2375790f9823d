/** Covers: src/runtime/node/node-file.ts, src/runtime/node/disk-errno.ts */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-disk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

test("bytes written at an offset are read back, short only at the end", async () => {
  const disk = new NodeDisk(folder);
  const file = await disk.open("log", "create");
  expect(await file.pwrite(Uint8Array.of(1, 2, 3, 4), 2)).toBe(4);
  await file.datasync();
  expect(await file.size()).toBe(6);
  const into = new Uint8Array(10).fill(9);
  expect(await file.pread(into, 1)).toBe(5);
  expect([...into]).toEqual([0, 1, 2, 3, 4, 9, 9, 9, 9, 9]);
  await file.truncate(3);
  expect(await file.size()).toBe(3);
  await file.close();
  await file.close();
});

test("shared memory is written without a copy", async () => {
  const disk = new NodeDisk(folder);
  const file = await disk.open("shared", "create");
  const shared = new Uint8Array(new SharedArrayBuffer(16)).fill(5);
  expect(await file.pwrite(shared.subarray(8), 0)).toBe(8);
  expect(await file.pread(shared, 0)).toBe(8);
  await file.close();
});

test("open modes: create wants no file, write and read want one", async () => {
  const disk = new NodeDisk(folder);
  const missing = await caught(disk.open("a", "write"));
  expect(isErrorOf(missing, runtimeErrors.diskNotFound)).toBe(true);
  expect((missing as Error).message).toMatch(/^cannot open a: .*ENOENT/);
  await (await disk.open("a", "create")).close();
  expect(isErrorOf(await caught(disk.open("a", "create")), runtimeErrors.diskExists)).toBe(true);
  const reader = await disk.open("a", "read");
  expect(await caught(reader.pwrite(Uint8Array.of(1), 0))).not.toBeNull();
  await reader.close();
});

test("folders, rename, unlink, sorted list, sync of a folder", async () => {
  const disk = new NodeDisk(folder);
  await disk.mkdir("x/y");
  await disk.mkdir("x/y");
  for (const name of ["b", "a", "C"]) await (await disk.open(`x/y/${name}`, "create")).close();
  await disk.rename("x/y/b", "x/y/d");
  await disk.unlink("x/y/a");
  await disk.syncDir("x/y");
  await disk.syncDir("");
  expect(await disk.list("x/y")).toEqual(["C", "d"]);
  expect(await disk.list("absent")).toEqual([]);
  expect(await disk.list("")).toEqual(["x"]);
  expect(await disk.freeBytes()).toBeGreaterThan(0);
  expect(statSync(join(folder, "x/y/C")).mode & 0o777).toBe(0o640);
});

test("paths that leave the folder are refused before any system call", async () => {
  const disk = new NodeDisk(folder);
  for (const path of ["../a", "/etc/passwd", "a//b", "a/./b", "a/../../b", "a\0", "a/"]) {
    await expect(disk.open(path, "create"), path).rejects.toThrow(/disk: got path/);
  }
});

test("after a failed write the file is never written again", async () => {
  // /dev/full answers every write with ENOSPC.
  const file = await new NodeDisk("/dev").open("full", "write");
  const full = await caught(file.pwrite(Uint8Array.of(1), 0));
  expect(isErrorOf(full, runtimeErrors.diskNoSpace)).toBe(true);
  for (const again of [file.pwrite(Uint8Array.of(1), 0), file.datasync(), file.truncate(0)]) {
    expect(isErrorOf(await caught(again), runtimeErrors.diskFileFailed)).toBe(true);
  }
  await file.close();
});

test("allocate grows with zeros and never shrinks", async () => {
  const disk = new NodeDisk(folder);
  writeFileSync(join(folder, "old"), "data");
  const file = await disk.open("old", "write");
  await file.allocate((1 << 20) + 100);
  await file.allocate(10);
  expect(await file.size()).toBe((1 << 20) + 100);
  const head = new Uint8Array(6);
  await file.pread(head, 0);
  expect(Buffer.from(head).toString("latin1")).toBe("data\0\0");
  await file.close();
});
