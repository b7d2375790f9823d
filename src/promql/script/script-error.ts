/** A script that cannot be run: bad syntax or data that storage would refuse. Names file and line. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";

export const PROMQL_SCRIPT: ErrorCode = {
  code: "promql.script",
  retryable: false,
  http: 400,
  description: "a PromQL test script has a syntax error",
};

export function scriptError(file: string, line: number, cause: string): EngineError {
  return new EngineError(PROMQL_SCRIPT, `cannot run ${file}:${line}: ${cause}`, {
    data: { file, line },
  });
}
