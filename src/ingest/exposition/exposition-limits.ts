/** Bounds of one exposition page. Beyond any of them the whole page is refused, never cut. */
export interface ExpositionLimits {
  readonly bytesMax: number;
  readonly samplesMax: number;
  readonly labelsMax: number;
  readonly nameCharactersMax: number;
  readonly valueCharactersMax: number;
}

export const EXPOSITION_LIMITS_DEFAULT: ExpositionLimits = {
  // A kubelet or a large exporter has some 10 MB; a page far beyond is a target gone wrong.
  bytesMax: 64 * 1024 * 1024,
  samplesMax: 1_000_000,
  // What storage takes by default; see "Fixed once" of the label format.
  labelsMax: 64,
  nameCharactersMax: 256,
  valueCharactersMax: 4096,
};
