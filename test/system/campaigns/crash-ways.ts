/**
 * How a node dies in a campaign, and how its data folder comes back: kill -9 takes the memory of the
 * process, a power cut that of the kernel too. Each way owns the folder it hands out and removes it
 * when disposed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ext4Image } from "#test/support/ext4-image.ts";
import type { GyreProcess } from "#test/support/gyre-process.ts";
import { monoMs } from "#test/support/mono-ms.ts";
import { requirePart } from "#test/support/system-parts.ts";

export interface CrashWay extends Disposable {
  readonly name: string;
  /** The data folder; the same path in every life. */
  readonly data: string;
  /**
   * Prepares a crash that strikes at once when called. It resolves when the process is gone, with
   * the time by `monoMs` from which nothing more became durable.
   */
  arm(gyre: GyreProcess): Promise<() => Promise<number>>;
  /** Between the crash and the next start; the process is gone. */
  recover(): void;
}

/** The process loses its memory; what the kernel was given stays. */
export function killNine(): CrashWay {
  const data = mkdtempSync(join(tmpdir(), "gyre-kill-"));
  return {
    name: "kill -9",
    data,
    arm: async (gyre) => async () => {
      const atMs = monoMs();
      await gyre.end("SIGKILL");
      return atMs;
    },
    recover: () => undefined,
    [Symbol.dispose]: () => rmSync(data, { recursive: true, force: true }),
  };
}

/** Sparse; a long campaign writes some MiB per cycle. */
const IMAGE_MIB = 2048;

/** The disk keeps what was synced; the kernel's memory is lost too. */
export function powerCut(): CrashWay {
  requirePart("mkfs.ext4");
  requirePart("losetup");
  requirePart("mount");
  requirePart("perl");
  const image = new Ext4Image({ sizeMib: IMAGE_MIB });
  return {
    name: "power cut",
    data: join(image.mountPoint, "data"),
    arm: async (gyre) => {
      const armed = await image.armPowerCut();
      return async () => {
        const atMs = await armed.cut(gyre.isRunning ? gyre.pid : null);
        await gyre.end("SIGKILL");
        return atMs;
      };
    },
    recover: () => image.remount(),
    [Symbol.dispose]: () => image.close(),
  };
}
