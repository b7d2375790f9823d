/** What the items of a column are. The number is stored: never change one, only add. */
export const COLUMN_FLOAT = 0;
/** Opaque items of any size; their codecs live with their models. */
export const COLUMN_HISTOGRAM = 1;
export const COLUMN_EXEMPLAR = 2;

export type ColumnKind = typeof COLUMN_FLOAT | typeof COLUMN_HISTOGRAM | typeof COLUMN_EXEMPLAR;
