/** The error every endpoint answers bad parameters with. */
import { EngineError, type ErrorCode } from "#base/engine-error.ts";

export const API_BAD_PARAMETER: ErrorCode = {
  code: "http.bad-parameter",
  retryable: false,
  http: 400,
  description: "a parameter of the request is missing or is not what its endpoint takes",
};

export function badParameter(name: string, cause: string): EngineError {
  return new EngineError(API_BAD_PARAMETER, `invalid parameter "${name}": ${cause}`);
}
