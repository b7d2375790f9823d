/**
 * kill -9 under load, again and again, on one data folder: after every restart all acknowledged
 * samples of all cycles so far are read back and compared. `crash` says how the node dies, so the
 * power-cut campaign is this one with another way to die.
 */
import { GyreProcess } from "../../support/gyre-process.ts";
import { LedgerLoad } from "../../support/ledger-load.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";

export interface CampaignOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the node and leaves `data` as a crash would; the process must be gone afterwards. */
  readonly crash: (gyre: GyreProcess) => Promise<void>;
  readonly progress?: (line: string) => void;
  /** Stop at the first cycle with a problem (canaries want to see one). */
  readonly stopAtProblem?: boolean;
}

export interface CampaignResult {
  readonly cycles: number;
  readonly withRequestsInFlight: number;
  readonly ackedSamples: number;
  readonly storedSamples: number;
  readonly problems: readonly string[];
}

/** Long enough to have data in every stage, short enough for many cycles. */
const LOAD_MS_MIN = 60;
const LOAD_MS_MAX = 400;
const CONNECTIONS = 8;
const SERIES_PER_CONNECTION = 12;

export async function runCrashCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const random = new SeededRandom(options.seed);
  const load = new LedgerLoad({
    connections: CONNECTIONS,
    seriesPerConnection: SERIES_PER_CONNECTION,
    // In the past, so that no request number ever runs ahead of the clock.
    baseMs: Date.now() - 3_600_000,
  });
  const problems: string[] = [];
  let withRequestsInFlight = 0;
  let ackedSamples = 0;
  let storedSamples = 0;
  let cycle = 0;
  while (cycle < options.cycles && (problems.length === 0 || options.stopAtProblem !== true)) {
    cycle++;
    const gyre = await GyreProcess.start({ data: options.data, env: options.env ?? {} });
    const before = await load.verify(gyre.port);
    problems.push(...before.problems.map((problem) => `cycle ${cycle}: ${problem}`));
    load.start(gyre.port);
    const loadMs = LOAD_MS_MIN + random.float() * (LOAD_MS_MAX - LOAD_MS_MIN);
    await new Promise((resolve) => setTimeout(resolve, loadMs));
    if (load.inFlight > 0) withRequestsInFlight++;
    await options.crash(gyre);
    await load.stop();
    problems.push(...load.unexpected.splice(0));
    if (cycle % 10 === 0) {
      options.progress?.(
        `cycle ${cycle}/${options.cycles}: ${load.ackedRequests} requests acked, ` +
          `${withRequestsInFlight} cycles with requests in flight, ${problems.length} problems`,
      );
    }
  }
  const gyre = await GyreProcess.start({ data: options.data, env: options.env ?? {} });
  const last = await load.verify(gyre.port);
  problems.push(...last.problems.map((problem) => `end: ${problem}`));
  ({ ackedSamples, storedSamples } = last);
  await gyre.end("SIGTERM");
  return { cycles: cycle, withRequestsInFlight, ackedSamples, storedSamples, problems };
}
