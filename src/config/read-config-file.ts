/**
 * The configuration file: YAML, one mapping of sections to mappings of options. Scalars are taken
 * as they are written, so `1e3`, `0x10` or `yes` mean what the option says, not what YAML guesses.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { type Assignment, quoteGot, type Reading } from "./assignment.ts";
import { CONFIG_ENTRIES, type ConfigEntry, SECTION_NAMES } from "./config-schema.ts";
import { nearestName } from "./nearest-name.ts";

export interface ConfigFile {
  /** As the user named it. */
  readonly name: string;
  readonly text: string;
}

/** A thousand times what a full file needs; beyond it somebody named the wrong file. */
const FILE_CHARACTERS_MAX = 4 * 1024 * 1024;

type YamlNode = ParsedNode | null;

export function readConfigFile(file: ConfigFile): Reading {
  if (file.text.length > FILE_CHARACTERS_MAX) {
    const got = `got ${file.text.length} characters, want at most ${FILE_CHARACTERS_MAX}`;
    return { assignments: [], problems: [`${file.name}: not a configuration file: ${got}`] };
  }
  return new FileReader(file).read();
}

class FileReader {
  readonly #file: ConfigFile;
  readonly #lines: LineCounter = new LineCounter();
  readonly #assignments: Assignment[] = [];
  readonly #problems: string[] = [];

  constructor(file: ConfigFile) {
    this.#file = file;
  }

  read(): Reading {
    const { text } = this.#file;
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of document.errors) {
      const { line } = this.#lines.linePos(error.pos[0]);
      this.#problems.push(`${this.#file.name}:${line}: not YAML: ${error.message}`);
    }
    if (this.#problems.length === 0) this.#readRoot(document.contents);
    return { assignments: this.#assignments, problems: this.#problems };
  }

  #readRoot(root: YamlNode): void {
    if (isEmpty(root)) return;
    if (!isMap(root)) {
      this.#problem(root, "", `got ${kindOf(root)}, want sections such as "http:"`);
      return;
    }
    const topLevel = CONFIG_ENTRIES.filter((entry) => entry.section === null);
    const known = [...topLevel.map((entry) => entry.name), ...SECTION_NAMES];
    for (const { key, keyNode, value } of fieldsOf(root)) {
      const entry = topLevel.find((candidate) => candidate.name === key);
      if (entry !== undefined) this.#readOption(entry, keyNode, value);
      else if (SECTION_NAMES.includes(key)) this.#readSection(key, keyNode, value);
      else this.#unknown(keyNode, key, key, known);
    }
  }

  #readSection(section: string, keyNode: YamlNode, node: YamlNode): void {
    if (isEmpty(node)) return;
    if (!isMap(node)) {
      this.#problem(keyNode, section, `got ${kindOf(node)}, want options below it, indented`);
      return;
    }
    const entries = CONFIG_ENTRIES.filter((entry) => entry.section === section);
    for (const { key, keyNode: fieldNode, value } of fieldsOf(node)) {
      const entry = entries.find((candidate) => candidate.name === key);
      if (entry !== undefined) this.#readOption(entry, fieldNode, value);
      else {
        const known = entries.map((candidate) => candidate.name);
        this.#unknown(fieldNode, `${section}.${key}`, key, known);
      }
    }
  }

  #readOption(entry: ConfigEntry, keyNode: YamlNode, node: YamlNode): void {
    const text = isSeq(node) && entry.option.isList ? joinItems(node.items) : scalarText(node);
    if (text === null) {
      this.#problem(keyNode, entry.path, `got ${kindOf(node)}, want ${entry.option.want}`);
      return;
    }
    const place = `${this.#file.name}:${this.#lineOf(node ?? keyNode)}: ${entry.path}`;
    this.#assignments.push({ entry, text, place });
  }

  #unknown(node: YamlNode, path: string, key: string, known: readonly string[]): void {
    const near = nearestName(key, known);
    const hint = near === null ? `known here: ${known.join(", ")}` : `did you mean ${near}?`;
    this.#problem(node, path, `unknown field, ${hint}`);
  }

  #problem(node: YamlNode, path: string, cause: string): void {
    const field = path === "" ? "" : `${path}: `;
    this.#problems.push(`${this.#file.name}:${this.#lineOf(node)}: ${field}${cause}`);
  }

  #lineOf(node: YamlNode): number {
    return node?.range === undefined ? 1 : this.#lines.linePos(node.range[0]).line;
  }
}

interface Field {
  readonly key: string;
  readonly keyNode: YamlNode;
  readonly value: YamlNode;
}

function fieldsOf(map: YAMLMap.Parsed): Field[] {
  return map.items.map((pair) => ({
    key: scalarText(pair.key) ?? "",
    keyNode: pair.key,
    value: pair.value,
  }));
}

function isEmpty(node: YamlNode): boolean {
  return node === null || (isScalar(node) && node.value === null && (node.source ?? "") === "");
}

/** The text of a scalar as written, without quotes; null for anything else. */
function scalarText(node: YamlNode): string | null {
  if (isEmpty(node) || !isScalar(node)) return null;
  return (node.source ?? String(node.value)).trim();
}

function joinItems(items: readonly YamlNode[]): string | null {
  const texts = items.map(scalarText);
  return texts.includes(null) ? null : texts.join(",");
}

function kindOf(node: YamlNode): string {
  if (isEmpty(node)) return "nothing";
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  if (isAlias(node)) return "an alias";
  return quoteGot(scalarText(node) ?? "");
}
