/**
 * States that no power loss may leave, each with what was done before: the hand-written counterpart
 * of the crash model. A model that allows one of these is too wild to be of use (it would fail
 * correct code); the calibration on ext4 shows the other side, that it is not too kind.
 */
import type { DiskSnapshot } from "./disk-model.ts";
import type { DiskTraceOp } from "./disk-trace.ts";

export interface ImpossibleState {
  readonly name: string;
  readonly trace: readonly DiskTraceOp[];
  readonly observed: DiskSnapshot;
  /** Whether even noise in sectors in flight cannot explain it. */
  readonly evenWithNoise: boolean;
}

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const create = (path: string): DiskTraceOp => ({ op: "create", path });
const sync = (path: string): DiskTraceOp => ({ op: "datasync", path });
const syncDir = (path = ""): DiskTraceOp => ({ op: "sync-dir", path });
const mkdir = (path: string): DiskTraceOp => ({ op: "mkdir", path });
const unlink = (path: string): DiskTraceOp => ({ op: "unlink", path });
const rename = (path: string, to: string): DiskTraceOp => ({ op: "rename", path, to });
const truncate = (path: string, size: number): DiskTraceOp => ({ op: "truncate", path, size });
const write = (path: string, offset: number, content: Uint8Array): DiskTraceOp => ({
  op: "write",
  path,
  offset,
  bytes: content,
});
/** A file that is on disk for good, with `content`. */
const durable = (path: string, content: Uint8Array): DiskTraceOp[] => [
  create(path),
  write(path, 0, content),
  sync(path),
  syncDir(),
];
const files = (content: Readonly<Record<string, Uint8Array | null>>): DiskSnapshot =>
  new Map(Object.entries(content));

function state(
  name: string,
  trace: readonly DiskTraceOp[],
  observed: Readonly<Record<string, Uint8Array | null>>,
  evenWithNoise = true,
): ImpossibleState {
  return { name, trace, observed: files(observed), evenWithNoise };
}

export const impossibleStates: readonly ImpossibleState[] = [
  state("a synced file in a synced folder is gone", durable("a", bytes(100, 1)), {}),
  state("synced bytes are gone", durable("a", bytes(100, 1)), { a: bytes(0, 0) }),
  state("synced bytes are cut", durable("a", bytes(2000, 1)), { a: bytes(1024, 1) }),
  state("synced bytes read as zeros", durable("a", bytes(100, 1)), { a: bytes(100, 0) }),
  state("a file that nobody made", durable("a", bytes(1, 1)), { a: bytes(1, 1), b: bytes(0, 0) }),
  state(
    "a file longer than anybody wrote",
    [...durable("a", bytes(100, 1)), write("a", 100, bytes(100, 2))],
    {
      a: join(bytes(100, 1), bytes(100, 2), bytes(100, 2)),
    },
  ),
  state(
    "an unlinked file returns after its folder was synced",
    [...durable("a", bytes(10, 1)), unlink("a"), syncDir()],
    { a: bytes(10, 1) },
  ),
  state("a synced rename is undone", [...durable("a", bytes(10, 1)), rename("a", "b"), syncDir()], {
    a: bytes(10, 1),
  }),
  state("a rename leaves both names", [...durable("a", bytes(10, 1)), rename("a", "b")], {
    a: bytes(10, 1),
    b: bytes(10, 1),
  }),
  state("a rename leaves neither name", [...durable("a", bytes(10, 1)), rename("a", "b")], {}),
  state(
    "a rename over a file leaves a mixture of both",
    [...durable("a", bytes(600, 1)), ...durable("b", bytes(600, 2)), rename("b", "a")],
    { a: join(bytes(512, 1), bytes(88, 2)) },
  ),
  state(
    "a replaced file is empty although the new one was synced first",
    [
      ...durable("a", bytes(600, 1)),
      create("t"),
      write("t", 0, bytes(600, 2)),
      sync("t"),
      rename("t", "a"),
    ],
    { a: bytes(0, 0) },
  ),
  state(
    "a file renamed away is lost to a newer file of its old name",
    [...durable("a", bytes(10, 1)), rename("a", "b"), create("a")],
    { a: bytes(0, 0) },
  ),
  state(
    "synced bytes change beside a later write in the same sector",
    [...durable("a", bytes(100, 1)), write("a", 100, bytes(100, 2))],
    { a: join(bytes(50, 1), bytes(50, 9), bytes(100, 2)) },
  ),
  state(
    "a later write in a sector without the earlier one",
    [...durable("a", bytes(512, 1)), write("a", 0, bytes(10, 2)), write("a", 10, bytes(10, 3))],
    { a: join(bytes(10, 1), bytes(10, 3), bytes(492, 1)) },
    false,
  ),
  state(
    "bytes of nobody where there is no noise",
    [...durable("a", bytes(512, 1)), write("a", 512, bytes(512, 2))],
    { a: join(bytes(512, 1), bytes(512, 9)) },
    false,
  ),
  state(
    "an overwritten sector falls back behind its last sync",
    [
      ...durable("a", bytes(512, 1)),
      write("a", 0, bytes(512, 2)),
      sync("a"),
      write("a", 512, bytes(10, 3)),
    ],
    { a: bytes(512, 1) },
  ),
  state(
    "bytes that a truncation cut, beside a later write in their sector",
    [...durable("a", bytes(2000, 1)), truncate("a", 0), write("a", 0, bytes(10, 2))],
    { a: join(bytes(10, 2), bytes(1990, 1)) },
    false,
  ),
  state(
    "a synced truncation is undone",
    [...durable("a", bytes(2000, 1)), truncate("a", 10), sync("a")],
    { a: bytes(2000, 1) },
  ),
  state(
    "cut bytes return when the file grows again",
    [...durable("a", bytes(100, 1)), truncate("a", 10), sync("a"), write("a", 200, bytes(10, 2))],
    { a: join(bytes(100, 1), bytes(100, 0), bytes(10, 2)) },
  ),
  state("a file outlives its folder", [mkdir("d"), create("d/a"), sync("d/a"), syncDir("d")], {
    "d/a": bytes(0, 0),
  }),
  state("a synced folder is gone", [mkdir("d"), syncDir()], {}),
  state(
    "a write to one file shows in another",
    [...durable("a", bytes(10, 1)), ...durable("b", bytes(10, 2)), write("a", 0, bytes(10, 3))],
    { a: bytes(10, 1), b: bytes(10, 3) },
  ),
];
