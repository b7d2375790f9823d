/**
 * Single flipped bits over every kind of file, seed by seed: each is named or changes no answer.
 * A seed makes the files anew; the bits are drawn from all of their bytes alike.
 */
import { SeededRandom } from "#runtime/seeded-random.ts";
import type { DiskSnapshot } from "../disk-model.ts";
import type { FlipSubject, FlipTarget, FlipVerdict } from "../flips/flip-target.ts";
import { FLIP_TARGETS } from "../flips/flip-targets.ts";
import { between } from "../sim-random.ts";
import type { CampaignOptions, CampaignResult } from "./campaign.ts";

/** Enough to hit every field of small files, few enough to see many contents. */
const FLIPS_PER_SEED = 500;
const FAULTS_MAX = 5;

interface TargetCounts {
  flips: number;
  named: number;
  readonly faults: string[];
}

export async function runFlips(
  options: CampaignOptions,
  targets: readonly FlipTarget[] = FLIP_TARGETS,
): Promise<CampaignResult> {
  const lines: string[] = [];
  const faults: string[] = [];
  let flips = 0;
  let named = 0;
  for (const target of targets) {
    const counts = await runTarget(target, options);
    lines.push(`  ${target.name}: ${counts.flips} flips, ${counts.named} named`);
    options.progress(lines.at(-1)!);
    faults.push(...counts.faults);
    flips += counts.flips;
    named += counts.named;
  }
  lines.push(
    `flips: seed ${options.seed}, ${flips} bits of ${targets.length} kinds of files, ` +
      `${named} named, ${flips - named - faults.length} without effect, ${faults.length} faults`,
  );
  return { lines, faults };
}

async function runTarget(
  { name, share, make }: FlipTarget,
  { seed, count, progress }: CampaignOptions,
): Promise<TargetCounts> {
  const counts: TargetCounts = { flips: 0, named: 0, faults: [] };
  const wanted = Math.ceil(share * count);
  for (let one = seed; counts.flips < wanted && counts.faults.length < FAULTS_MAX; one++) {
    const subject = await make(one);
    const random = new SeededRandom(one).fork("flips");
    const left = Math.min(FLIPS_PER_SEED, wanted - counts.flips);
    for (let i = 0; i < left && counts.faults.length < FAULTS_MAX; i++) {
      const place = placeOf(subject.snapshot, random.float());
      const bit = between(random, 0, 7);
      counts.flips++;
      const verdict = await verdictOf(subject, place, bit);
      if (verdict === "named") counts.named++;
      if (typeof verdict === "string") continue;
      const { path, offset } = place;
      const where = `${path} byte ${offset} bit ${bit}`;
      counts.faults.push(`${name}, seed ${one}, ${where}: ${verdict.fault}`);
      progress(counts.faults.at(-1)!);
    }
  }
  return counts;
}

interface Place {
  readonly path: string;
  readonly offset: number;
}

/** The byte at a share of all bytes of the files. */
function placeOf(snapshot: DiskSnapshot, share: number): Place {
  const files = [...snapshot].filter((file): file is [string, Uint8Array] => file[1] !== null);
  const total = files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  let offset = Math.floor(share * total);
  for (const [path, bytes] of files) {
    if (offset < bytes.length) return { path, offset };
    offset -= bytes.length;
  }
  throw new Error("cannot flip a bit: the files are empty");
}

async function verdictOf(
  { snapshot, judge }: FlipSubject,
  { path, offset }: Place,
  bit: number,
): Promise<FlipVerdict> {
  const bytes = snapshot.get(path)!.slice();
  bytes[offset]! ^= 1 << bit;
  try {
    return await judge(new Map(snapshot).set(path, bytes), path, offset);
  } catch (error) {
    return { fault: `it threw ${error instanceof Error ? error.stack : String(error)}` };
  }
}
