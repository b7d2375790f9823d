/**
 * A real ext4 file system in a loop-mounted image file, with a power switch: `powerCut` shuts the
 * file system down without flushing its journal (ioctl EXT4_IOC_SHUTDOWN, flag "no log flush"),
 * after which every operation fails with EIO, and mounts it again, which replays what had reached
 * the image. What was not synced is gone, exactly as when a machine loses power.
 *
 * Needs root, loop devices, mkfs.ext4, and perl or xfs_io for the ioctl. Mounts are undone by
 * `close`, and by the end of the process when a test forgets.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Sizes below this make mkfs.ext4 drop the journal, and then nothing here is true. */
const IMAGE_MIB_MIN = 16;
const PERL = "perl";
const UMOUNT = "umount";
const COMMAND_LIMIT_MS = 60_000;

/** _IOR('X', 125, __u32) with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const SHUTDOWN_SCRIPT =
  'open(my $f, "<", $ARGV[0]) or die "open: $!"; my $flags = pack("L", 2); ' +
  'defined(ioctl($f, 0x8004587D, $flags)) or die "ioctl: $!";';

/**
 * The same, prepared: says so, waits for a process id on stdin (0: none), kills that process, shuts
 * the file system down, and answers with the time at which it began, in seconds of the monotonic
 * clock. Starting a program takes longer than many requests; this does not.
 */
const ARMED_SCRIPT =
  "use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC); $| = 1; " +
  'open(my $f, "<", $ARGV[0]) or die "open: $!"; my $flags = pack("L", 2); ' +
  'print "armed\n"; defined(my $pid = <STDIN>) or exit 0; my $at = clock_gettime(CLOCK_MONOTONIC); ' +
  'kill("KILL", $pid) if $pid > 0; ' +
  'defined(ioctl($f, 0x8004587D, $flags)) or die "ioctl: $!"; print "$at\n";';

/** A hand on the switch of an image. */
export interface ArmedPowerCut {
  /**
   * Stops process `pid` and the file system in one stroke; resolves with the time by `monoMs`. The
   * process goes first, by microseconds: a sync that runs while ext4 is shut down may report success
   * and have stored nothing, and no machine without power acknowledges anything.
   */
  cut(pid: number | null): Promise<number>;
}

/** What this machine lacks for `Ext4Image`, in words; empty when nothing. */
export function missingForExt4Image(): readonly string[] {
  const missing: string[] = [];
  if (process.platform !== "linux") return ["Linux"];
  if (process.getuid?.() !== 0) missing.push("root");
  if (!existsSync("/dev/loop-control")) missing.push("loop devices");
  for (const tool of ["mkfs.ext4", "mount", UMOUNT]) if (!has(tool)) missing.push(tool);
  if (!has(PERL) && !has("xfs_io")) missing.push("perl or xfs_io");
  return missing;
}

export interface Ext4ImageOptions {
  readonly sizeMib?: number;
}

export class Ext4Image {
  /** Folder of the mounted file system; empty at first. Stable across power cuts. */
  readonly mountPoint: string;
  readonly #folder: string;
  readonly #image: string;
  readonly #onExit = (): void => this.close();
  #isMounted = false;

  constructor(options: Ext4ImageOptions = {}) {
    const sizeMib = options.sizeMib ?? 64;
    if (sizeMib < IMAGE_MIB_MIN)
      throw new Error(`cannot make an image of ${sizeMib} MiB: too small`);
    this.#folder = mkdtempSync(join(tmpdir(), "gyre-ext4-"));
    this.#image = join(this.#folder, "image");
    this.mountPoint = join(this.#folder, "mount");
    mkdirSync(this.mountPoint);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, sizeMib * 2 ** 20);
    process.once("exit", this.#onExit);
    run("mkfs.ext4", ["-q", "-F", "-b", "4096", this.#image]);
    this.mount();
    rmSync(join(this.mountPoint, "lost+found"), { recursive: true });
    run("sync", ["-f", this.mountPoint]);
  }

  mount(): void {
    run("mount", ["-t", "ext4", "-o", "loop", this.#image, this.mountPoint]);
    this.#isMounted = true;
  }

  /** Stops the file system where it stands. Open files stay open and fail with EIO. */
  shutDown(): void {
    if (has(PERL)) run(PERL, ["-e", SHUTDOWN_SCRIPT, this.mountPoint]);
    else run("xfs_io", ["-x", "-c", "shutdown", this.mountPoint]);
  }

  /** Prepares a cut that comes within a fraction of a ms, beside a load in this process. */
  async armPowerCut(): Promise<ArmedPowerCut> {
    const perl = spawn(PERL, ["-e", ARMED_SCRIPT, this.mountPoint], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    let wrong = "";
    perl.stderr.on("data", (chunk: Buffer) => (wrong += chunk.toString()));
    const closed = once(perl, "close");
    const armed = new Promise<void>((resolve, reject) => {
      perl.once("error", reject);
      perl.once("close", () => reject(new Error(`cannot arm a power cut: ${wrong}`)));
      perl.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.startsWith("armed\n")) resolve();
      });
    });
    await armed;
    return {
      cut: async (pid) => {
        perl.stdin.end(`${pid ?? 0}\n`);
        await closed;
        const atMs = Number(said.split("\n")[1]) * 1000;
        if (!(atMs > 0)) throw new Error(`cannot cut the power of ${this.mountPoint}: ${wrong}`);
        return atMs;
      },
    };
  }

  /** Every process must have closed its files here (or be dead), else the mount is busy. */
  unmount(): void {
    run(UMOUNT, [this.mountPoint]);
    this.#isMounted = false;
  }

  /** Power off and on again. Close all files between `shutDown` and this, or call `powerCut`. */
  remount(): void {
    this.unmount();
    this.mount();
  }

  /** For callers without open files on the image. */
  powerCut(): void {
    this.shutDown();
    this.remount();
  }

  /** Unmounts and removes the image; safe to call twice. */
  close(): void {
    process.off("exit", this.#onExit);
    if (this.#isMounted && spawnSync(UMOUNT, [this.mountPoint]).status !== 0) {
      // Busy: detach it now, the kernel lets go when the last file is closed.
      spawnSync(UMOUNT, ["-l", this.mountPoint]);
    }
    this.#isMounted = false;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** PATH of a root shell; a service's PATH may lack the sbin folders. */
const commandPath = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

function has(tool: string): boolean {
  return commandPath.split(":").some((folder) => folder !== "" && existsSync(join(folder, tool)));
}

function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, PATH: commandPath };
  const result = spawnSync(command, args, { env, timeout: COMMAND_LIMIT_MS, encoding: "utf8" });
  if (result.status === 0) return;
  const said = result.error?.message ?? result.stderr.trim();
  throw new Error(`cannot run ${command} ${args.join(" ")}: ${said}`);
}
