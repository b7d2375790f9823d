/** A long run over the simulated disk: begun with a seed and a size, told in lines. */
export interface CampaignOptions {
  readonly seed: number;
  /** How much is tried; each campaign says of what. */
  readonly count: number;
  readonly progress: (line: string) => void;
}

export interface CampaignResult {
  /** The last one alone says how it went. */
  readonly lines: readonly string[];
  /** Each with the seed that shows it again. Empty when every promise was kept. */
  readonly faults: readonly string[];
}

export type Campaign = (options: CampaignOptions) => Promise<CampaignResult>;
