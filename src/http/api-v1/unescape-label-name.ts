/**
 * Label names in a path may come escaped, so that clients without UTF-8 names can ask for them:
 * `U__` before the name, `__` for an underscore, `_<hex>_` for any other character.
 */
const PREFIX = "U__";
const LARGEST_CODE_POINT = 0x10_ffff;
/** One escape at a time, each with the text that stands for itself before it. */
const PARTS = /([A-Za-z0-9:]+)|(__)|_([0-9A-Fa-f]{1,6})_/y;

/** A name without the prefix, or with an escape that means nothing, is returned as it is. */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith(PREFIX)) return name;
  let plain = "";
  PARTS.lastIndex = PREFIX.length;
  while (PARTS.lastIndex < name.length) {
    const match = PARTS.exec(name);
    if (match === null) return name;
    const [, letters, underscore, hex] = match;
    if (letters !== undefined) plain += letters;
    else if (underscore !== undefined) plain += "_";
    else {
      const codePoint = Number.parseInt(hex ?? "", 16);
      const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
      if (codePoint > LARGEST_CODE_POINT || isSurrogate) return name;
      plain += String.fromCodePoint(codePoint);
    }
  }
  return plain;
}
