/**
 * Brings the types of the WebAssembly API (`src/kernels/webassembly-types.ts`) to every test: a
 * project sees the global names of another only through an import.
 */
import type {} from "#kernels/webassembly-types.ts";
