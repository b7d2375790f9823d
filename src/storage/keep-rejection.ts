/**
 * Adds to the first few rejections of a request. One about a tenant's limit is always among them,
 * because it decides how the request is answered.
 */
import type { Rejection } from "./body-appender.ts";
import { VERDICT_SERIES_LIMIT } from "./verdict.ts";

export function keepRejection(kept: Rejection[], rejection: Rejection, countMax: number): void {
  if (kept.length < countMax) {
    kept.push(rejection);
    return;
  }
  if (rejection.verdict !== VERDICT_SERIES_LIMIT) return;
  if (kept.some(({ verdict }) => verdict === VERDICT_SERIES_LIMIT)) return;
  kept[countMax - 1] = rejection;
}
