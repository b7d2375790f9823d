/**
 * Branded scalars: a number that knows what it counts. Brands are erased at run time, so a branded
 * column is still a plain typed array. Each brand has one constructor, beside its definition.
 */
declare const brandTag: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brandTag]: Name };
