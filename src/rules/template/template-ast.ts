/** The tree of a Go text template as rule files use it. Positions are offsets into the text. */
export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Pipe }
  | {
      readonly kind: "if" | "with";
      readonly pipe: Pipe;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | {
      readonly kind: "range";
      readonly pipe: Pipe;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly kind: "template"; readonly name: string; readonly pipe: Pipe | null }
  | { readonly kind: "break" }
  | { readonly kind: "continue" };

/** Commands joined by `|`; the value of each is the last argument of the next. */
export interface Pipe {
  /** `$x :=` or `$x =`; two for `range $i, $x :=`. */
  readonly variables: readonly string[];
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
  readonly at: number;
}

/** A function or value with its arguments. */
export interface Command {
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly kind: "dot" }
  | { readonly kind: "nil" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string; readonly at: number }
  | { readonly kind: "pipe"; readonly pipe: Pipe; readonly path: readonly string[] };

export interface Template {
  readonly nodes: readonly TemplateNode[];
  /** Bodies of `define` and `block`, by name. */
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
}
