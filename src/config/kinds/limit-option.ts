/** An option that bounds something and may be `unlimited`. */
import { integerOption } from "./integer-option.ts";
import type { Option } from "../option.ts";

const WORD = "unlimited";

export function limitOption(limits: {
  readonly description: string;
  readonly max: number;
}): Option<number> {
  const integer = integerOption({ ...limits, default: limits.max, min: 1 });
  return {
    ...integer,
    defaultText: WORD,
    want: `${integer.want}, or ${WORD}`,
    fallback: () => Number.POSITIVE_INFINITY,
    parse: (text, machine) =>
      text === WORD ? Number.POSITIVE_INFINITY : integer.parse(text, machine),
  };
}
