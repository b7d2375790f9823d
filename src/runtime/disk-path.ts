/**
 * The one check that a path of the Disk port stays inside the folder the disk was opened on.
 * Shared by the real and the simulated disk, so both refuse the same paths.
 */
import { assert } from "#base/assert.ts";

/** Linux allows 4,096 bytes with the root; ours are short and this leaves room for any root. */
const PATH_LENGTH_MAX = 1024;

/** Returns `path`; "" names the root itself. Names come from our own code, so a bad one is a bug. */
export function checkedDiskPath(path: string): string {
  if (path === "") return path;
  assert(
    path.length <= PATH_LENGTH_MAX && !path.includes("\0") && !path.includes("\\"),
    () => `disk: got path ${JSON.stringify(path)}, want a short one without NUL or backslash`,
  );
  const sound = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  assert(sound, () => `disk: got path ${JSON.stringify(path)}, want parts joined by single "/"`);
  return path;
}

/** Folder part of a checked path; "" for a name in the root. */
export function parentOfDiskPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
