/** What has been worked out of a leaf plan so far, as it crosses threads. */
import type { Labels } from "#model/labels.ts";
import type { Annotation } from "../annotations.ts";
import type { PartialColumns } from "./group-partial.ts";

/** Of all series that share a placement prefix of `bits` bits. */
export interface PrefixPartial extends PartialColumns {
  readonly bits: number;
  readonly prefix: number;
}

export interface LeafPart {
  readonly partials: readonly PrefixPartial[];
  /** Labels of groups that parts before this one did not have, in the order of their numbers. */
  readonly newGroups: readonly Labels[];
  /** Read for this part. */
  readonly series: number;
  readonly samples: number;
  /** Since the beginning. */
  readonly findings: readonly Annotation[];
}
