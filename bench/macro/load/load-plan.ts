/**
 * What a load consists of, as the command lines of runner and sender have it: both read the same
 * options, and the runner hands them on as text.
 */
import { parseArgs } from "node:util";

export const LOAD_PROFILES = ["scrape", "shuffled", "churn", "jitter", "mantissa"] as const;
export type LoadProfile = (typeof LOAD_PROFILES)[number];

export interface LoadPlan {
  readonly profile: LoadProfile;
  readonly series: number;
  readonly perRequest: number;
  readonly connections: number;
  /** Samples per second; 0 = as fast as they are taken. */
  readonly rate: number;
  /** Of the steady part. */
  readonly seconds: number;
  /** Share of the hosts that are replaced per hour, in the profile `churn`. */
  readonly churnPerHour: number;
}

/** Name, default, meaning; all of them numbers but the profile. */
export const LOAD_OPTIONS = {
  profile: { type: "string", default: "scrape" },
  series: { type: "string", default: "200000" },
  "per-request": { type: "string", default: "2000" },
  connections: { type: "string", default: "16" },
  rate: { type: "string", default: "0" },
  seconds: { type: "string", default: "30" },
  "churn-per-hour": { type: "string", default: "0.1" },
} as const;

/** Takes the options of a load out of `args`; others are left alone. */
export function loadPlanOf(args: readonly string[]): LoadPlan {
  const { values } = parseArgs({ args: [...args], options: LOAD_OPTIONS, strict: false });
  const profile = LOAD_PROFILES.find((one) => one === values.profile);
  if (profile === undefined) {
    throw new Error(`cannot load: got profile ${values.profile}, want ${LOAD_PROFILES.join(", ")}`);
  }
  const number = (name: Exclude<keyof typeof LOAD_OPTIONS, "profile">): number => {
    const value = Number(values[name]);
    if (value >= 0) return value;
    throw new Error(`cannot load: got ${values[name]} for --${name}, want a number`);
  };
  return {
    profile,
    series: number("series"),
    perRequest: number("per-request"),
    connections: number("connections"),
    rate: number("rate"),
    seconds: number("seconds"),
    churnPerHour: number("churn-per-hour"),
  };
}

export function loadPlanArgs(plan: LoadPlan): readonly string[] {
  return [
    ...["--profile", plan.profile, "--series", String(plan.series)],
    ...["--per-request", String(plan.perRequest), "--connections", String(plan.connections)],
    ...["--rate", String(plan.rate), "--seconds", String(plan.seconds)],
    ...["--churn-per-hour", String(plan.churnPerHour)],
  ];
}
