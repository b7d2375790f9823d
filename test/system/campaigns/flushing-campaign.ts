/**
 * What makes a campaign reach the way from the log into blocks: heads that end all the time, few
 * enough shards that all of them are flushed in a life, and lives that are long enough for it.
 */
import type { CampaignOptions } from "./crash-campaign.ts";

const SHARDS = 8;
const LOAD_MS_MAX = 2000;

export function flushingCampaign(headWindow: string): Pick<CampaignOptions, "env" | "loadMsMax"> {
  const env = { GYRE_STORAGE_HEAD_WINDOW: headWindow, GYRE_STORAGE_SHARDS: String(SHARDS) };
  return { env, loadMsMax: LOAD_MS_MAX };
}
