import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { FileControlStore } from "#runtime/node/file-control-store.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import type { ControlChange } from "#runtime/ports/control-store.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";

let folder = "";
let timers: Timers & { fireAll(): void };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-control-"));
  timers = manualTimers();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function manualTimers(): Timers & { fireAll(): void } {
  const waiting = new Set<() => void>();
  return {
    after(_delayMs, fire) {
      waiting.add(fire);
      return { cancel: () => void waiting.delete(fire) };
    },
    fireAll() {
      for (const fire of waiting) {
        waiting.delete(fire);
        fire();
      }
    },
  };
}

const open = (): Promise<FileControlStore> => FileControlStore.open(new NodeDisk(folder), timers);
const value = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (key: string, text: string, lease?: string): ControlChange =>
  lease === undefined
    ? { kind: "put", key, value: value(text) }
    : { kind: "put", key, value: value(text), lease };

test("what was committed is there after a restart, with its revisions", async () => {
  const store = await open();
  await store.commit([], [put("b", "1"), put("a", "2")]);
  expect(await store.commit([{ key: "a", modRevision: 1 }], [put("a", "3")])).toEqual({
    applied: true,
    revision: 2,
  });
  const again = await open();
  const snapshot = await again.list("");
  expect(snapshot.revision).toBe(2);
  expect(snapshot.entries.map(({ key, modRevision }) => [key, modRevision])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
  expect((await again.get("a"))?.value).toEqual(value("3"));
});

test("a compare that does not hold changes nothing", async () => {
  const store = await open();
  await store.commit([{ key: "a", modRevision: 0 }], [put("a", "1")]);
  const lost = await store.commit([{ key: "a", modRevision: 0 }], [put("a", "2"), put("b", "2")]);
  expect(lost).toEqual({ applied: false, revision: 1 });
  expect(await store.get("b")).toBeNull();
});

test("commits that race are applied one after another", async () => {
  const store = await open();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () => store.commit([{ key: "a", modRevision: 0 }], [put("a", "x")])),
  );
  expect(outcomes.filter((outcome) => outcome.applied).length).toBe(1);
});

test("leased keys vanish when the lease ends, and do not survive a restart", async () => {
  const store = await open();
  const lease = await store.grantLease(1000);
  await store.commit([], [put("node/1", "up", lease), put("kept", "1")]);
  expect(await store.renewLease(lease)).toBe(true);
  expect((await (await open()).list("")).entries.map(({ key }) => key)).toEqual(["kept"]);
  let changes = 0;
  store.watch("node/", () => {
    changes += 1;
  });
  timers.fireAll();
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(await store.get("node/1")).toBeNull();
  expect(changes).toBe(1);
  expect(await store.renewLease(lease)).toBe(false);
  const late = await store.commit([], [put("x", "1", lease)]).catch((error: unknown) => error);
  expect(isErrorOf(late, runtimeErrors.controlLeaseLost)).toBe(true);
});

test("a leased put over a durable key leaves nothing of it behind", async () => {
  const store = await open();
  await store.commit([], [put("a", "old")]);
  const lease = await store.grantLease(1000);
  await store.commit([], [put("a", "new", lease)]);
  expect(await (await open()).get("a")).toBeNull();
});

test("watches hear one call per burst, only of their prefix, until closed", async () => {
  const store = await open();
  const heard: string[] = [];
  const watch = store.watch("a/", () => heard.push("a"));
  store.watch("b/", () => heard.push("b"));
  await store.commit([], [put("a/1", "x"), put("a/2", "x")]);
  await store.commit([], []);
  expect(heard).toEqual(["a"]);
  watch.close();
  await store.commit([], [put("a/1", "y"), put("b/1", "y")]);
  expect(heard).toEqual(["a", "b"]);
});

test("a damaged file is refused by name and left alone", async () => {
  await (await open()).commit([], [put("a", "1")]);
  const path = join(folder, "control.json");
  const sound = readFileSync(path);
  for (let at = 0; at < sound.length; at++) {
    const damaged = Buffer.from(sound);
    damaged[at]! ^= 0x10;
    writeFileSync(path, damaged);
    const error = await open().catch((caught: unknown) => caught);
    expect(isErrorOf(error, runtimeErrors.controlCorrupt), `byte ${at}`).toBe(true);
  }
  expect(readFileSync(path).length).toBe(sound.length);
  const newer = sound.toString().replace('"version":0', '"version":9');
  writeFileSync(path, newer);
  await expect(open()).rejects.toThrow(/got format version 9, this build reads 0/);
});
