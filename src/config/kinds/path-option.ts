/** An option that names a file or folder; relative to where the process was started. */
import type { Option } from "../option.ts";

/** The longest path Linux opens. */
const PATH_CHARACTERS_MAX = 4095;

export function pathOption(given: {
  readonly description: string;
  readonly default: string;
}): Option<string> {
  return {
    kind: "path",
    description: given.description,
    defaultText: given.default,
    want: `a path of at most ${PATH_CHARACTERS_MAX} characters`,
    isList: false,
    fallback: () => given.default,
    parse(text) {
      const isPath = text !== "" && text.length <= PATH_CHARACTERS_MAX && !text.includes("\0");
      return isPath ? text : undefined;
    },
  };
}
