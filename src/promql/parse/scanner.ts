/**
 * A cursor over the query text, one character (code point) at a time. It knows where the token that
 * is being read began; the lexer decides where tokens end. Positions are UTF-16 offsets.
 */
export class Scanner {
  readonly text: string;
  /** Where the pending token begins. */
  start = 0;
  /** The next character to read. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character, or the empty string at the end. */
  peek(): string {
    return characterAt(this.text, this.at);
  }

  next(): string {
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  /** Reads the next character if it is one of `set`, a string of single units. */
  accept(set: string): boolean {
    const character = this.peek();
    if (character === "" || !set.includes(character)) return false;
    this.at += character.length;
    return true;
  }

  acceptRun(set: string): void {
    while (this.accept(set));
  }

  /** True when the next character is one of `set`. */
  sees(set: string): boolean {
    const character = this.peek();
    return character !== "" && set.includes(character);
  }

  /** What has been read of the pending token. */
  pending(): string {
    return this.text.slice(this.start, this.at);
  }

  skipSpaces(): void {
    while (isSpace(this.peek())) this.at++;
    this.start = this.at;
  }
}

function characterAt(text: string, at: number): string {
  const unit = text.charCodeAt(at);
  if (Number.isNaN(unit)) return "";
  return unit >= 0xd800 && unit <= 0xdbff ? String.fromCodePoint(text.codePointAt(at)!) : text[at]!;
}

export function isSpace(character: string): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}

export function isDigit(character: string): boolean {
  return character >= "0" && character <= "9" && character.length === 1;
}

/** An ASCII letter or the underscore. */
export function isAlpha(character: string): boolean {
  if (character.length !== 1) return false;
  const code = character.charCodeAt(0);
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isAlphaNumeric(character: string): boolean {
  return isAlpha(character) || isDigit(character);
}
