/**
 * Parses a Go text template. Nesting and size are bounded, so hostile text gives an error and never
 * a deep stack. Function names are checked when the template runs.
 */
import { stringValue } from "#promql/parse/string-value.ts";
import type { Command, Operand, Pipe, Template, TemplateNode } from "./template-ast.ts";
import { TemplateError } from "./template-error.ts";
import { lexTemplate } from "./template-lexer.ts";
import type { TemplateToken } from "./template-lexer.ts";

/** Deeper text was not written by a person. */
const DEPTH_MAX = 100;

export function parseTemplate(text: string): Template {
  return new TemplateParser(lexTemplate(text)).parse();
}

interface Block {
  readonly nodes: TemplateNode[];
  /** The word that ended it: `end`, `else`, or empty at the end of the text. */
  readonly ending: string;
}

class TemplateParser {
  readonly #tokens: readonly TemplateToken[];
  readonly #definitions = new Map<string, readonly TemplateNode[]>();
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly TemplateToken[]) {
    this.#tokens = tokens;
  }

  parse(): Template {
    const { nodes, ending } = this.#block();
    if (ending !== "") throw new TemplateError(`unexpected {{${ending}}}`);
    return { nodes, definitions: this.#definitions };
  }

  #block(): Block {
    if (++this.#depth > DEPTH_MAX) throw new TemplateError(`nested deeper than ${DEPTH_MAX}`);
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token === undefined) return this.#ended(nodes, "");
      this.#next++;
      if (token.kind === "text") {
        nodes.push(token);
        continue;
      }
      const word = this.#word();
      if (word === "end" || word === "else") {
        this.#next++;
        return this.#ended(nodes, word);
      }
      const node = this.#action(word);
      if (node !== null) nodes.push(node);
    }
  }

  #ended(nodes: TemplateNode[], ending: string): Block {
    this.#depth--;
    return { nodes, ending };
  }

  /** The word at the cursor when it begins a control action, else empty. */
  #word(): string {
    const token = this.#tokens[this.#next];
    return token?.kind === "word" ? token.text : "";
  }

  #action(word: string): TemplateNode | null {
    switch (word) {
      case "if":
      case "with":
      case "range":
        this.#next++;
        return this.#conditional(word);
      case "define":
      case "block":
        this.#next++;
        return this.#definition(word);
      case "template": {
        this.#next++;
        const name = this.#name();
        const pipe = this.#atClose() ? null : this.#pipe();
        this.#close();
        return { kind: "template", name, pipe };
      }
      case "break":
      case "continue":
        this.#next++;
        this.#close();
        return { kind: word };
      default: {
        const pipe = this.#pipe();
        this.#close();
        return { kind: "action", pipe };
      }
    }
  }

  #conditional(kind: "if" | "with" | "range"): TemplateNode {
    const pipe = this.#pipe();
    this.#close();
    const { nodes: body, ending } = this.#block();
    return { kind, pipe, body, otherwise: this.#otherwise(kind, ending) };
  }

  /** What stands behind `else`: a body, or for `else if` one more condition. */
  #otherwise(kind: "if" | "with" | "range", ending: string): readonly TemplateNode[] {
    if (ending === "") throw new TemplateError("unexpected EOF");
    if (ending === "end") {
      this.#close();
      return [];
    }
    const word = this.#word();
    if (word === kind && kind !== "range") {
      this.#next++;
      return [this.#conditional(kind)];
    }
    this.#close();
    const { nodes, ending: last } = this.#block();
    if (last !== "end") throw new TemplateError(`expected end; found {{${last}}}`);
    this.#close();
    return nodes;
  }

  #definition(kind: "define" | "block"): TemplateNode | null {
    const name = this.#name();
    const pipe = kind === "block" ? this.#pipe() : null;
    this.#close();
    const { nodes, ending } = this.#block();
    if (ending !== "end") throw new TemplateError(`unexpected end of ${kind} ${name}`);
    this.#close();
    this.#definitions.set(name, nodes);
    return pipe === null ? null : { kind: "template", name, pipe };
  }

  #name(): string {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "string") throw new TemplateError("want a quoted template name");
    this.#next++;
    return stringValue(token.text);
  }

  #close(): void {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "close")
      throw new TemplateError(`unexpected ${describe(token)} in command`);
    this.#next++;
  }

  #atClose(): boolean {
    return this.#tokens[this.#next]?.kind === "close";
  }

  #pipe(): Pipe {
    const at = this.#at();
    const { variables, isAssignment } = this.#variables();
    const commands = [this.#command()];
    while (this.#isSymbol("|")) {
      this.#next++;
      commands.push(this.#command());
    }
    return { variables, isAssignment, commands, at };
  }

  #variables(): { variables: readonly string[]; isAssignment: boolean } {
    const names: string[] = [];
    let cursor = this.#next;
    for (;;) {
      const token = this.#tokens[cursor];
      if (token?.kind !== "variable") return { variables: [], isAssignment: false };
      names.push(token.text);
      const sign = this.#tokens[cursor + 1];
      const text = sign?.kind === "symbol" ? sign.text : "";
      cursor += 2;
      if (text === ":=" || text === "=") {
        this.#next = cursor;
        return { variables: names, isAssignment: text === "=" };
      }
      if (text !== "," || names.length === 2) return { variables: [], isAssignment: false };
    }
  }

  #command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token === undefined || token.kind === "close") break;
      if (token.kind === "symbol" && (token.text === "|" || token.text === ")")) break;
      operands.push(this.#operand(token));
    }
    if (operands.length === 0) throw new TemplateError("missing value for command");
    return { operands };
  }

  #operand(token: TemplateToken): Operand {
    this.#next++;
    switch (token.kind) {
      case "string":
        return { kind: "string", value: stringValue(token.text) };
      case "number":
        return numberOf(token.text);
      case "field":
        if (token.text === ".") return { kind: "dot" };
        return { kind: "field", path: [token.text.slice(1), ...this.#path()] };
      case "variable":
        return { kind: "variable", name: token.text, path: this.#path() };
      case "word":
        if (token.text === "true" || token.text === "false") {
          return { kind: "boolean", value: token.text === "true" };
        }
        if (token.text === "nil") return { kind: "nil" };
        return { kind: "function", name: token.text, at: token.at };
      case "symbol":
        if (token.text === "(") return this.#parenthesised();
        break;
      default:
    }
    throw new TemplateError(`unexpected ${describe(token)} in operand`);
  }

  #parenthesised(): Operand {
    if (++this.#depth > DEPTH_MAX) throw new TemplateError(`nested deeper than ${DEPTH_MAX}`);
    const pipe = this.#pipe();
    if (!this.#isSymbol(")")) throw new TemplateError("unclosed left paren");
    this.#next++;
    this.#depth--;
    return { kind: "pipe", pipe, path: this.#path() };
  }

  /** Field names glued to what came before. */
  #path(): string[] {
    const path: string[] = [];
    for (;;) {
      const token = this.#tokens[this.#next];
      if (token?.kind !== "field" || !token.isGlued || token.text === ".") return path;
      path.push(token.text.slice(1));
      this.#next++;
    }
  }

  #isSymbol(text: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === "symbol" && token.text === text;
  }

  #at(): number {
    const token = this.#tokens[this.#next];
    return token === undefined || token.kind === "text" ? 0 : token.at;
  }
}

function numberOf(text: string): Operand {
  const plain = text.replaceAll("_", "");
  const value = Number(plain);
  if (Number.isNaN(value)) throw new TemplateError(`bad number syntax: ${JSON.stringify(text)}`);
  return { kind: "number", value, isInteger: /^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(plain) };
}

function describe(token: TemplateToken | undefined): string {
  if (token === undefined) return "EOF";
  return "text" in token ? JSON.stringify(token.text) : token.kind;
}
