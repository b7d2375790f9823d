/** What the node says about itself on standard error. */
import { choiceOption } from "../kinds/choice-option.ts";
import type { SectionSchema } from "../option.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogSettings {
  readonly level: LogLevel;
}

export const LOG_OPTIONS: SectionSchema<LogSettings> = {
  level: choiceOption<LogLevel>({
    description: "The least important kind of line that is written.",
    words: ["debug", "info", "warn", "error"],
    default: "info",
  }),
};
