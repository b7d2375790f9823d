/** Regular expressions of templates: RE2 syntax, linear time, not anchored. */
import { RE2JS } from "re2js";
import { TemplateError } from "./template-error.ts";

/** Longer patterns do not come from people. */
const PATTERN_UNITS_MAX = 4096;

export function findIn(pattern: string, text: string): boolean {
  return compile(pattern).matcher(text).find();
}

/** Every match replaced; `$1`, `${1}`, `$name` and `${name}` stand for groups, `$$` for a dollar. */
export function replaceAll(pattern: string, replacement: string, text: string): string {
  const regex = compile(pattern);
  const names = regex.namedGroups();
  const matcher = regex.matcher(text);
  let out = "";
  let at = 0;
  while (matcher.find()) {
    const groupText = (name: string): string => {
      const number = /^[0-9]+$/.test(name) ? Number(name) : names[name];
      if (number === undefined || number > matcher.groupCount()) return "";
      return matcher.group(number) ?? "";
    };
    out += text.slice(at, matcher.start());
    out += replacement.replaceAll(/\$(?:\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/g, (all, a, b) => {
      return all === "$$" ? "$" : groupText(String(a ?? b));
    });
    at = matcher.end();
  }
  return out + text.slice(at);
}

function compile(pattern: string): RE2JS {
  if (pattern.length > PATTERN_UNITS_MAX) {
    throw new TemplateError(`pattern of ${pattern.length} characters, want at most 4096`);
  }
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TemplateError(`bad regular expression ${JSON.stringify(pattern)}: ${why}`);
  }
}
