/** The one error of configuration: every problem found, each a line that says where and what. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";

export const CONFIG_INVALID: ErrorCode = {
  code: "config.invalid",
  retryable: false,
  http: 400,
  description: "the configuration file, the flags or the environment cannot be used",
};

export class ConfigError extends EngineError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(CONFIG_INVALID, problems.join("\n"), { data: { count: problems.length } });
    this.problems = problems;
  }
}
