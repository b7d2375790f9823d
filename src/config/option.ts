/**
 * One option of the configuration: what it accepts, what it is when not given, what it is for. The
 * same description reads values from the file, the flags and the environment, writes error texts
 * and prints the reference page, so none of them can disagree.
 */

/** What a default may depend on. */
export interface MachineFacts {
  /** Memory this process may use, bytes: the machine's, or less when a container limits it. */
  readonly memoryBytes: number;
  readonly cores: number;
}

export interface Option<T> {
  /** One word for the reference: `duration`, `bytes`, ... */
  readonly kind: string;
  readonly description: string;
  /** The default as the reference shows it. */
  readonly defaultText: string;
  /** Completes "want ...", limits included. */
  readonly want: string;
  /** A YAML list is allowed; its items arrive joined by commas. */
  readonly isList: boolean;
  fallback(machine: MachineFacts): T;
  /** Undefined when `text` is not what `want` says. */
  parse(text: string, machine: MachineFacts): T | undefined;
}

/** The options of one section, one for each field of its settings. */
export type SectionSchema<Settings> = {
  readonly [Key in keyof Settings]: Option<Settings[Key]>;
};
