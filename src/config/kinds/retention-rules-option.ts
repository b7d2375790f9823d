/** An option that lists retention rules, checked when it is read. Default: none. */
import type { Option } from "../option.ts";
import { parseRetentionText } from "../retention-text.ts";

/** As many as storage looks through for every series of a block. */
const RULES_MAX = 1000;

export function retentionRulesOption(given: {
  readonly description: string;
}): Option<readonly string[]> {
  return {
    kind: "list",
    description: given.description,
    defaultText: "none",
    want: 'a list such as {env="dev"} raw=1d 1m=7d, tenant=7 raw=60d; ages of 1h or more, or unlimited',
    isList: true,
    fallback: () => Object.freeze([]),
    parse(text) {
      const texts = splitRules(text);
      const isSound = texts.length <= RULES_MAX && !texts.map(parseRetentionText).includes(null);
      return isSound ? Object.freeze(texts) : undefined;
    },
  };
}

/** At commas, those of selectors aside. */
function splitRules(text: string): readonly string[] {
  const rules: string[] = [];
  let start = 0;
  let quote = "";
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at++;
      else if (character === quote) quote = "";
    } else if (isInside && "\"'`".includes(character)) quote = character;
    else if (character === "{") isInside = true;
    else if (character === "}") isInside = false;
    else if (character === "," && !isInside) {
      rules.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...rules, text.slice(start)].map((rule) => rule.trim()).filter((rule) => rule !== "");
}
