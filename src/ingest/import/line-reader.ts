/** A format of imports that is read line by line: JSON, exposition text, CSV. */
import type { ImportSeries } from "./import-series.ts";

export interface LineReader {
  /**
   * The series a line adds; none for blank lines and comments. `nowMs` is the time of samples that
   * come without one. Throws `LineFault`.
   */
  read(line: string, nowMs: number): readonly ImportSeries[];
}
