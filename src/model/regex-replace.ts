/**
 * Replacement by regular expression as relabeling and `label_replace` do it: the pattern must match
 * the whole value; the template refers to groups as `$1`, `${1}`, `$name` or `${name}`, `$$` is a
 * dollar sign, an unknown group is empty text.
 */
import { RE2JS } from "re2js";

/** The replacement for a value, or null when the pattern does not match. */
export type CompiledTemplate = (value: string) => string | null;

type TemplatePart = { readonly text: string } | { readonly group: string };

/** Throws an `Error` when the pattern is not valid RE2. */
export function compileReplace(pattern: string, template: string): CompiledTemplate {
  const regex = RE2JS.compile(`^(?s:${pattern})$`);
  const parts = parseTemplate(template);
  return (value) => {
    const matcher = regex.matcher(value);
    if (!matcher.find()) return null;
    const count = matcher.groupCount();
    const names = regex.namedGroups();
    let result = "";
    for (const part of parts) {
      if ("text" in part) {
        result += part.text;
        continue;
      }
      const index = /^[0-9]+$/.test(part.group) ? Number(part.group) : names[part.group];
      if (index !== undefined && index <= count) result += matcher.group(index) ?? "";
    }
    return result;
  };
}

function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  const reference = /\$(?:\$|([0-9A-Za-z_]+)|\{([0-9A-Za-z_]+)\})/gu;
  let at = 0;
  for (const match of template.matchAll(reference)) {
    if (match.index > at) parts.push({ text: template.slice(at, match.index) });
    const group = match[1] ?? match[2];
    parts.push(group === undefined ? { text: "$" } : { group });
    at = match.index + match[0].length;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}
