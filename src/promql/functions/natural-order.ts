/**
 * Natural order of label values: runs of digits compare as numbers, the rest as text. Where one
 * value continues the other, the shorter comes first.
 */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";

/** Larger runs of digits compare as text, as they do not fit 64 bits. */
const INTEGER_MAX = 2n ** 63n - 1n;

export function naturallyBefore(a: string, b: string): boolean {
  const [partsA, partsB] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < partsA.length && i < partsB.length; i++) {
    const order = compareParts(partsA[i]!, partsB[i]!);
    if (order !== 0) return order < 0;
    if (i === partsA.length - 1) return true;
  }
  return false;
}

function partsOf(text: string): readonly string[] {
  return text.match(/[0-9]+|[^0-9]+/g) ?? [""];
}

function compareParts(a: string, b: string): number {
  const [x, y] = [integerOf(a), integerOf(b)];
  if (x === null || y === null) return compareUtf8(a, b);
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function integerOf(part: string): bigint | null {
  if (!/^[0-9]/.test(part)) return null;
  const value = BigInt(part);
  return value <= INTEGER_MAX ? value : null;
}
