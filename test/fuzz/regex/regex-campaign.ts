/**
 * Patterns against inputs: the engine's verdict must be the dumb twin's, what is not a pattern must
 * be refused, and time must grow with the input alone. Time is CPU time of the thread; what looks
 * slow is measured again, since another program may have had the processor.
 */
import { RegexMatcher } from "#model/regex-matcher.ts";
import { regexProblem } from "#promql/parse/regex-problem.ts";
import { Dice } from "#test/support/dice.ts";
import { dumbMatch } from "./dumb-match.ts";
import { makeInput, makeLongInput } from "./make-input.ts";
import { PatternMaker } from "./make-pattern.ts";
import { type PatternNode, printPattern, repeatsTooOften } from "./pattern-tree.ts";

export interface RegexCampaignOptions {
  readonly seed: number;
  readonly pairs: number;
  /** Takes every pair with its verdict, for engines elsewhere to be held against. */
  readonly record?: (line: string) => void;
  readonly progress: (line: string) => void;
}

export interface RegexCampaignResult {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
}

/** Of one pattern: enough that the automaton is built once and used. */
const INPUTS_PER_PATTERN = 10;
/** Of the patterns, so many are spoiled by a change, which most often makes them no pattern. */
const SPOILED_SHARE = 0.1;
/** Of the patterns, so many are also asked about a long input and one twice as long. */
const LONG_SHARE = 0.02;
const LONG_UNITS = 16_384;
/** Patterns that make a backtracking engine try for years, or an automaton grow without end. */
const EVIL_PATTERNS: readonly string[] = [
  ...["(a+)+$", "(a|a)*c", "(a*)*c", "(a|ab|b)*c", "(x+x+)+y", "(.*)(.*)(.*)(.*)(.*)[^ab]"],
  ...["(a|b)*a(a|b){12}", "(a|b)*a(a|b){60}", "((a{0,9}){0,10}){0,10}c", "(a?){200}a{200}b*"],
  "(?i:(a|b|ab)*)*c",
];
/** CPU time of a match per byte of a long input. */
const US_PER_BYTE_MAX = 1;
/** No automaton fits in memory here; states are simulated, still at a cost per byte. */
const EVIL_US_PER_BYTE_MAX = 20;
/** Twice the input, and what the machine's other work may add. */
const LINEAR_RATIO_MAX = 3;
const TRIES = 4;
const FAULTS_MAX = 20;
const PROGRESS_PAIRS = 100_000;
const SPOILING: readonly string[] = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "*",
  "?",
  "\\",
  "|",
  "^",
  "{2,1}",
];

export function runRegexCampaign(options: RegexCampaignOptions): RegexCampaignResult {
  return new RegexCampaign(options).run();
}

class RegexCampaign {
  readonly #options: RegexCampaignOptions;
  readonly #faults: string[] = [];
  #pairs = 0;
  #matched = 0;
  #patterns = 0;
  #refused = 0;
  #inputBytes = 0;
  #matchUs = 0;
  #longInputs = 0;
  #longUsPerByteMax = 0;
  #longUs = 0;
  #longBytes = 0;
  #compileUsMax = 0;
  #evilUsPerByteMax = 0;

  constructor(options: RegexCampaignOptions) {
    this.#options = options;
  }

  run(): RegexCampaignResult {
    const { seed, pairs, progress } = this.#options;
    let shownAt = PROGRESS_PAIRS;
    for (let index = 0; this.#pairs < pairs && this.#faults.length < FAULTS_MAX; index++) {
      const dice = Dice.of(seed, index);
      const tree = new PatternMaker(dice).next();
      if (dice.chance(SPOILED_SHARE)) this.#spoiled(dice, printPattern(tree));
      else this.#asked(dice, tree);
      if (this.#pairs < shownAt) continue;
      progress(`${this.#pairs} pairs`);
      shownAt += PROGRESS_PAIRS;
    }
    const dice = Dice.of(seed, 0);
    const letters = Array.from({ length: 2 * LONG_UNITS }, () => dice.pick(["a", "b"])).join("");
    for (const pattern of EVIL_PATTERNS) this.#evil(pattern, letters);
    return { lines: this.#lines(), faults: this.#faults };
  }

  #asked(dice: Dice, tree: PatternNode): void {
    const pattern = printPattern(tree);
    const problem = regexProblem(pattern);
    this.#patterns++;
    const isRefused = repeatsTooOften(tree);
    if (isRefused || problem !== null) {
      this.#refused++;
      this.#options.record?.(JSON.stringify([pattern, "", null]));
      if (!isRefused || problem === null) this.#fault(pattern, null, problem ?? "not refused");
      return;
    }
    const before = cpuUs();
    const matcher = new RegexMatcher(pattern);
    this.#compileUsMax = Math.max(this.#compileUsMax, cpuUs() - before);
    const inputs = Array.from({ length: INPUTS_PER_PATTERN }, () => makeInput(dice, tree));
    const from = cpuUs();
    const verdicts = inputs.map((input) => matcher.matches(input));
    this.#matchUs += cpuUs() - from;
    inputs.forEach((input, at) => {
      this.#pairs++;
      this.#inputBytes += Buffer.byteLength(input);
      const verdict = verdicts[at]!;
      if (verdict) this.#matched++;
      this.#options.record?.(JSON.stringify([pattern, input, verdict]));
      if (dumbMatch(tree, input) !== verdict) this.#fault(pattern, input, `got ${verdict}`);
    });
    if (dice.chance(LONG_SHARE)) {
      this.#long(pattern, makeLongInput(dice, tree, 2 * LONG_UNITS));
    }
  }

  /** Nothing says what the change made of it; it must be taken or refused, and in bounded time. */
  #spoiled(dice: Dice, whole: string): void {
    const at = dice.below(whole.length + 1);
    const gone = dice.below(2);
    const pattern = whole.slice(0, at) + dice.pick(SPOILING) + whole.slice(at + gone);
    this.#patterns++;
    this.#pairs++;
    const problem = regexProblem(pattern);
    if (problem !== null) {
      this.#refused++;
      this.#options.record?.(JSON.stringify([pattern, "", null]));
      if (!problem.startsWith("error parsing regexp")) this.#fault(pattern, null, problem);
      return;
    }
    const input = makeInput(dice, { kind: "empty" });
    const verdict = new RegexMatcher(pattern).matches(input);
    this.#options.record?.(JSON.stringify([pattern, input, verdict]));
  }

  #long(pattern: string, input: string): void {
    const bytes = Buffer.byteLength(input);
    const us = leastUs(pattern, input, US_PER_BYTE_MAX * bytes);
    this.#longInputs++;
    this.#longBytes += bytes;
    this.#longUs += us;
    this.#longUsPerByteMax = Math.max(this.#longUsPerByteMax, us / bytes);
    if (us <= US_PER_BYTE_MAX * bytes) return;
    this.#fault(pattern, null, `${(us / bytes).toFixed(2)} us/byte on ${bytes} bytes`);
  }

  /** Half the input must take about half the time. */
  #evil(pattern: string, input: string): void {
    const us = leastUs(pattern, input, US_PER_BYTE_MAX * input.length);
    const halfUs = leastUs(pattern, input.slice(0, LONG_UNITS), US_PER_BYTE_MAX * LONG_UNITS);
    this.#evilUsPerByteMax = Math.max(this.#evilUsPerByteMax, us / input.length);
    const isQuick = us <= US_PER_BYTE_MAX * input.length;
    const isLinear = us < EVIL_US_PER_BYTE_MAX * input.length && us < LINEAR_RATIO_MAX * halfUs;
    if (isQuick || isLinear) return;
    this.#fault(pattern, null, `${us} us on ${input.length} bytes, ${halfUs} us on half of them`);
  }

  #fault(pattern: string, input: string | null, what: string): void {
    this.#faults.push(`${JSON.stringify(pattern)} ${JSON.stringify(input)}: ${what}`);
  }

  #lines(): string[] {
    const perByte = this.#matchUs / Math.max(this.#inputBytes, 1);
    const longPerByte = this.#longUs / Math.max(this.#longBytes, 1);
    return [
      `${this.#pairs} pairs of ${this.#patterns} patterns, ${this.#refused} refused, ` +
        `${this.#matched} matched, ${this.#faults.length} faults`,
      `short inputs: ${perByte.toFixed(3)} us/byte of CPU, the building of automata included; ` +
        `compiled in at most ${(this.#compileUsMax / 1000).toFixed(1)} ms`,
      `${this.#longInputs} inputs of ${2 * LONG_UNITS} units: ${longPerByte.toFixed(3)} us/byte, ` +
        `at most ${this.#longUsPerByteMax.toFixed(3)}`,
      `${EVIL_PATTERNS.length} patterns made to be slow: linear, at most ` +
        `${this.#evilUsPerByteMax.toFixed(2)} us/byte`,
    ];
  }
}

/** The least of some tries with a fresh matcher each: building the automaton counts. */
function leastUs(pattern: string, input: string, enoughUs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && least > enoughUs; tries++) {
    const matcher = new RegexMatcher(pattern);
    const from = cpuUs();
    matcher.matches(input);
    least = Math.min(least, cpuUs() - from);
  }
  return least;
}

function cpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
