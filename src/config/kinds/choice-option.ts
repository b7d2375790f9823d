/** An option that is one word of a fixed list. */
import type { Option } from "../option.ts";

export interface Choices<Word extends string> {
  readonly description: string;
  readonly words: readonly Word[];
  readonly default: Word;
}

export function choiceOption<Word extends string>(choices: Choices<Word>): Option<Word> {
  return {
    kind: "word",
    description: choices.description,
    defaultText: choices.default,
    want: `one of ${choices.words.join(", ")}`,
    isList: false,
    fallback: () => choices.default,
    parse: (text) => choices.words.find((word) => word === text),
  };
}
