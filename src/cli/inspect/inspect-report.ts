/** Gathers what an inspection prints: rows up to a limit, and the damage it met. */
import { type Cell, textTable } from "../text-table.ts";

/** Enough to see what is wrong; a wrecked disk has a million places. */
const PLACES_MAX = 1000;

export interface DamagedPlace {
  /** Relative to the data folder. */
  readonly path: string;
  /** Null when the file as a whole is meant. */
  readonly offset: number | null;
  readonly cause: string;
}

export class InspectReport {
  readonly #head: readonly string[];
  readonly #rowsMax: number;
  /** The first of them. */
  readonly rows: (readonly Cell[])[] = [];
  /** The first of them. */
  readonly places: DamagedPlace[] = [];
  damageCount = 0;
  #rowCount = 0;

  constructor(head: readonly string[], rowsMax: number) {
    this.#head = head;
    this.#rowsMax = rowsMax;
  }

  row(...cells: readonly Cell[]): void {
    this.#rowCount++;
    if (this.rows.length < this.#rowsMax) this.rows.push(cells);
  }

  damage(path: string, offset: number | null, cause: string): void {
    this.damageCount++;
    if (this.places.length < PLACES_MAX) this.places.push({ path, offset, cause });
  }

  text(): string {
    if (this.#rowCount === 0) return "nothing there";
    const hidden = this.#rowCount - this.rows.length;
    const table = textTable(this.#head, this.rows);
    return hidden === 0 ? table : `${table}\nand ${hidden} more (--limit shows more)`;
  }
}
