/**
 * A list of disk operations as data: what calibration replays on a real file system and on the
 * model. Offsets and contents are explicit, so both sides do exactly the same.
 */
import { unreachable } from "#base/assert.ts";
import { DiskModel } from "./disk-model.ts";

export type DiskTraceOp =
  | { readonly op: "create" | "datasync" | "unlink" | "mkdir" | "sync-dir"; readonly path: string }
  | {
      readonly op: "write";
      readonly path: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly op: "truncate"; readonly path: string; readonly size: number }
  | { readonly op: "rename"; readonly path: string; readonly to: string };

export function replayOnModel(
  trace: readonly DiskTraceOp[],
  model: DiskModel = new DiskModel(),
): DiskModel {
  for (const step of trace) applyToModel(model, step);
  return model;
}

export function applyToModel(model: DiskModel, step: DiskTraceOp): void {
  switch (step.op) {
    case "create":
      model.create(step.path);
      return;
    case "datasync": {
      const file = model.open(step.path);
      file.syncTo(file.mark());
      return;
    }
    case "unlink":
      model.unlink(step.path);
      return;
    case "mkdir":
      model.mkdir(step.path);
      return;
    case "sync-dir":
      model.syncDir(step.path);
      return;
    case "write":
      model.open(step.path).write(step.bytes, step.offset);
      return;
    case "truncate":
      model.open(step.path).truncate(step.size);
      return;
    case "rename":
      model.rename(step.path, step.to);
      return;
    default:
      unreachable(step);
  }
}
