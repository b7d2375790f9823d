/** Fresh instances of the wasm kernels and of their twins, to run one example through both. */
import { GYRE_MODULE_URL, instantiateKernels, kernelModule } from "#kernels/kernel-instance.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { instantiateTwins } from "#kernels/twin-instance.ts";
import { loadKernels } from "#runtime/node/load-kernels.ts";

const module = kernelModule(loadKernels(GYRE_MODULE_URL));
const OPTIONS = { pagesInitial: 2, pagesMax: 64 };

export function bothKernels(): Kernels[] {
  return [instantiateKernels(module, OPTIONS), instantiateTwins(OPTIONS)];
}
