/** A folder for one test, removed with everything in it: `using folder = new ScratchFolder()`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class ScratchFolder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "gyre-test-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
