import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isErrorOf } from "#base/engine-error.ts";
import { lockFolder } from "#runtime/node/folder-lock.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gyre-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("one owner per folder, by whatever path; released for the next", async () => {
  const lock = await lockFolder(folder);
  symlinkSync(folder, `${folder}-link`);
  const second = await lockFolder(`${folder}-link`).catch((error: unknown) => error);
  rmSync(`${folder}-link`);
  expect(isErrorOf(second, runtimeErrors.diskLocked)).toBe(true);
  expect((second as Error).message).toContain(`process id ${process.pid}`);
  await lock.release();
  await (await lockFolder(folder)).release();
});

onLinux("kill -9 of the owner releases the lock", async () => {
  const url = new URL("../../../../src/runtime/node/folder-lock.ts", import.meta.url).href;
  const script = `
    const { lockFolder } = await import(${JSON.stringify(url)});
    await lockFolder(${JSON.stringify(folder)});
    process.stdout.write("locked");
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  await once(owner.stdout, "data");
  await expect(lockFolder(folder)).rejects.toThrow(`process id ${owner.pid}`);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  await (await lockFolder(folder)).release();
});

test("the file fallback: a live owner locks, a dead one does not", async () => {
  const lock = await lockFolder(folder, "darwin");
  await expect(lockFolder(folder, "darwin")).rejects.toThrow(/process id \d+; if not, remove/);
  await lock.release();
  expect(existsSync(join(folder, "lock"))).toBe(false);
  const gone = spawn(process.execPath, ["--version"]);
  await once(gone, "exit");
  writeFileSync(join(folder, "lock"), String(gone.pid));
  await (await lockFolder(folder, "darwin")).release();
});
