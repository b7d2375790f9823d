/**
 * What a part of a query is made from: the draws, the data it is about, the language both sides
 * speak, and where in time it is evaluated.
 */
import type { Dice } from "#test/support/dice.ts";
import type { DataSet } from "../data/data-set.ts";
import type { Language } from "./language.ts";
import type { VectorTerm } from "./vector-term.ts";

export interface QueryTimes {
  readonly isInstant: boolean;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
}

export interface Scope {
  readonly dice: Dice;
  readonly data: DataSet;
  readonly language: Language;
  readonly times: QueryTimes;
  /** Milliseconds within the second at which this part is evaluated. */
  readonly phaseMs: number;
  /** Levels of expressions that may still be nested below this one. */
  readonly depth: number;
  /** Makes any instant vector; here, because every part may hold any other. */
  readonly makeVector: (scope: Scope) => VectorTerm;
}

export function deeper(scope: Scope): Scope {
  return { ...scope, depth: scope.depth - 1 };
}
