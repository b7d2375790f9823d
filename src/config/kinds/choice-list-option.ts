/** An option that is any number of words of a fixed list, separated by commas. Default: none. */
import type { Option } from "../option.ts";

export interface ListChoices<Word extends string> {
  readonly description: string;
  readonly words: readonly Word[];
}

export function choiceListOption<Word extends string>(
  choices: ListChoices<Word>,
): Option<readonly Word[]> {
  return {
    kind: "list",
    description: choices.description,
    defaultText: "none",
    want: `a list of ${choices.words.join(", ")}`,
    isList: true,
    fallback: () => Object.freeze([]),
    parse(text) {
      const found = new Set<Word>();
      for (const item of text.split(",").map((part) => part.trim())) {
        if (item === "") continue;
        const word = choices.words.find((known) => known === item);
        if (word === undefined) return undefined;
        found.add(word);
      }
      return Object.freeze([...found]);
    },
  };
}
