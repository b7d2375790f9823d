/**
 * Runs a parsed template. Work and output are bounded, so a template of a rule file cannot hang or
 * flood the node; `query` is the only thing it waits for.
 */
import { parseTemplate } from "./parse-template.ts";
import type { Command, Operand, Pipe, Template, TemplateNode } from "./template-ast.ts";
import { TemplateError } from "./template-error.ts";
import { TEMPLATE_FUNCTIONS } from "./template-functions.ts";
import type { TemplateContext } from "./template-functions.ts";
import { fieldOf, integer, isList, isTrue, printValue } from "./template-value.ts";
import type { TemplateValue } from "./template-value.ts";

/** A loop over a large vector fits; an endless recursion does not. */
const STEPS_MAX = 100_000;
const OUTPUT_UNITS_MAX = 256 * 1024;
const CALL_DEPTH_MAX = 50;

/** Variables visible before a template's own, as `$name`. */
export type TemplateVariables = Readonly<Record<string, TemplateValue>>;

export async function expandTemplate(
  text: string,
  dot: TemplateValue,
  variables: TemplateVariables,
  context: TemplateContext,
): Promise<string> {
  const template = parseTemplate(text);
  const run = new TemplateRun(template, context);
  const scope = new Scope(null);
  scope.declare("$", dot);
  for (const [name, value] of Object.entries(variables)) scope.declare(name, value);
  await run.nodes(template.nodes, dot, scope, 0);
  return run.out;
}

class Scope {
  readonly #outer: Scope | null;
  readonly #values = new Map<string, TemplateValue>();

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  declare(name: string, value: TemplateValue): void {
    this.#values.set(name, value);
  }

  get(name: string): TemplateValue {
    if (this.#values.has(name)) return this.#values.get(name)!;
    if (this.#outer === null) throw new TemplateError(`undefined variable ${JSON.stringify(name)}`);
    return this.#outer.get(name);
  }

  assign(name: string, value: TemplateValue): void {
    if (this.#values.has(name)) this.#values.set(name, value);
    else if (this.#outer === null) throw new TemplateError(`undefined variable "${name}"`);
    else this.#outer.assign(name, value);
  }
}

/** How a list of nodes ended. */
type Outcome = "done" | "break" | "continue";

class TemplateRun {
  out = "";
  readonly #template: Template;
  readonly #context: TemplateContext;
  #steps = 0;

  constructor(template: Template, context: TemplateContext) {
    this.#template = template;
    this.#context = context;
  }

  async nodes(
    nodes: readonly TemplateNode[],
    dot: TemplateValue,
    scope: Scope,
    depth: number,
  ): Promise<Outcome> {
    for (const node of nodes) {
      if (++this.#steps > STEPS_MAX) throw new TemplateError(`more than ${STEPS_MAX} steps`);
      const outcome = await this.#node(node, dot, scope, depth);
      if (outcome !== "done") return outcome;
    }
    return "done";
  }

  async #node(
    node: TemplateNode,
    dot: TemplateValue,
    scope: Scope,
    depth: number,
  ): Promise<Outcome> {
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return "done";
      case "action": {
        const value = await this.#pipe(node.pipe, dot, scope);
        if (node.pipe.variables.length === 0) this.#write(printValue(value));
        return "done";
      }
      case "if":
      case "with": {
        const inner = new Scope(scope);
        const value = await this.#pipe(node.pipe, dot, inner);
        if (!isTrue(value)) return this.nodes(node.otherwise, dot, new Scope(scope), depth);
        return this.nodes(node.body, node.kind === "with" ? value : dot, inner, depth);
      }
      case "range":
        return this.#range(node, dot, scope, depth);
      case "template": {
        const body = this.#template.definitions.get(node.name);
        if (body === undefined) throw new TemplateError(`template ${node.name} not defined`);
        if (depth >= CALL_DEPTH_MAX)
          throw new TemplateError("templates call each other too deeply");
        const value = node.pipe === null ? null : await this.#pipe(node.pipe, dot, scope);
        const own = new Scope(null);
        own.declare("$", value);
        await this.nodes(body, value, own, depth + 1);
        return "done";
      }
      case "break":
      case "continue":
        return node.kind;
    }
  }

  async #range(
    node: Extract<TemplateNode, { kind: "range" }>,
    dot: TemplateValue,
    scope: Scope,
    depth: number,
  ): Promise<Outcome> {
    const value = await this.#pipe({ ...node.pipe, variables: [] }, dot, scope);
    const items = itemsOf(value);
    if (items.length === 0) return this.nodes(node.otherwise, dot, new Scope(scope), depth);
    const { variables } = node.pipe;
    for (const [key, item] of items) {
      const inner = new Scope(scope);
      const [first, second] = variables;
      if (second !== undefined) {
        inner.declare(first!, key);
        inner.declare(second, item);
      } else if (first !== undefined) {
        inner.declare(first, item);
      }
      if ((await this.nodes(node.body, item, inner, depth)) === "break") break;
    }
    return "done";
  }

  async #pipe(pipe: Pipe, dot: TemplateValue, scope: Scope): Promise<TemplateValue> {
    let value: TemplateValue | undefined;
    for (const command of pipe.commands) value = await this.#command(command, value, dot, scope);
    const result = value ?? null;
    for (const name of pipe.variables) {
      if (pipe.isAssignment) scope.assign(name, result);
      else scope.declare(name, result);
    }
    return result;
  }

  async #command(
    { operands }: Command,
    piped: TemplateValue | undefined,
    dot: TemplateValue,
    scope: Scope,
  ): Promise<TemplateValue> {
    const [head, ...rest] = operands;
    if (head?.kind !== "function") {
      if (rest.length > 0 || piped !== undefined) {
        throw new TemplateError("can't give argument to non-function");
      }
      return this.#operand(head!, dot, scope);
    }
    const args: TemplateValue[] = [];
    for (const operand of rest) args.push(await this.#operand(operand, dot, scope));
    if (piped !== undefined) args.push(piped);
    return this.#call(head.name, args, dot);
  }

  async #call(
    name: string,
    args: readonly TemplateValue[],
    dot: TemplateValue,
  ): Promise<TemplateValue> {
    if (name === "tmpl") return this.#callTemplate(args, dot);
    const run = TEMPLATE_FUNCTIONS.get(name);
    if (run === undefined) throw new TemplateError(`function ${JSON.stringify(name)} not defined`);
    try {
      return await run(args, this.#context);
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      throw new TemplateError(`error calling ${name}: ${cause.message}`, { cause });
    }
  }

  /** `tmpl name value`: the output of a defined template, as text. */
  async #callTemplate(args: readonly TemplateValue[], dot: TemplateValue): Promise<TemplateValue> {
    const name = printValue(args[0] ?? null);
    const body = this.#template.definitions.get(name);
    if (body === undefined) throw new TemplateError(`template ${name} not defined`);
    const value = args[1] ?? dot;
    const before = this.out;
    this.out = "";
    const own = new Scope(null);
    own.declare("$", value);
    await this.nodes(body, value, own, CALL_DEPTH_MAX - 1);
    const text = this.out;
    this.out = before;
    return text;
  }

  async #operand(operand: Operand, dot: TemplateValue, scope: Scope): Promise<TemplateValue> {
    switch (operand.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "boolean":
      case "string":
        return operand.value;
      case "number":
        return operand.isInteger ? integer(operand.value) : operand.value;
      case "field":
        return follow(dot, operand.path);
      case "variable":
        return follow(scope.get(operand.name), operand.path);
      case "pipe":
        return follow(await this.#pipe(operand.pipe, dot, new Scope(scope)), operand.path);
      case "function":
        return this.#call(operand.name, [], dot);
    }
  }

  #write(text: string): void {
    if (this.out.length + text.length > OUTPUT_UNITS_MAX) {
      throw new TemplateError(`more than ${OUTPUT_UNITS_MAX} characters of output`);
    }
    this.out += text;
  }
}

function follow(value: TemplateValue, path: readonly string[]): TemplateValue {
  let at = value;
  for (const name of path) at = fieldOf(at, name);
  return at;
}

function itemsOf(value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (value === null) return [];
  if (isList(value)) return value.map((one, i) => [integer(i), one] as const);
  if (typeof value === "object" && value.type === "integer") {
    return Array.from({ length: Math.max(0, value.value) }, (_, i) => [integer(i), integer(i)]);
  }
  if (typeof value === "object" && value.type === "map") {
    return [...value.entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
  throw new TemplateError(`range can't iterate over ${printValue(value)}`);
}
