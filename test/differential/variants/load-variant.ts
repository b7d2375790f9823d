/**
 * Loads the engine a second time with changed source: the same modules under other addresses, so
 * that variants live side by side in one process. Used to give it back the behaviour of an older
 * release, and to plant bugs.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { EngineSubject } from "../answers/engine-answer.ts";
import { patched } from "./source-patch.ts";
import type { SourcePatch } from "./source-patch.ts";

const PROJECT = new URL("../../../", import.meta.url);
const ENTRY = new URL("../answers/engine-answer.ts", import.meta.url);
const PARAMETER = "variant";

export interface EngineModule {
  readonly EngineSubject: typeof EngineSubject;
}

const variants: Map<string, readonly SourcePatch[]> = new Map();
let isHooked = false;

/** The same patches under the same name give the same module. */
export async function loadVariant(
  name: string,
  patches: readonly SourcePatch[],
): Promise<EngineModule> {
  if (!isHooked) hook();
  isHooked = true;
  variants.set(name, patches);
  const url = new URL(ENTRY);
  url.searchParams.set(PARAMETER, name);
  return (await import(url.href)) as EngineModule;
}

function hook(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const name = variantOf(context.parentURL);
      if (name === null || !isOurs(resolved.url)) return resolved;
      const url = new URL(resolved.url);
      url.searchParams.set(PARAMETER, name);
      return { ...resolved, url: url.href };
    },
    load(url, context, next) {
      const name = variantOf(url);
      if (name === null) return next(url, context);
      const path = url.slice(PROJECT.href.length).split("?")[0]!;
      const patches = (variants.get(name) ?? []).filter((patch) => patch.path === path);
      if (patches.length === 0) return next(url, context);
      const source = readFileSync(fileURLToPath(new URL(path, PROJECT)), "utf8");
      return {
        format: "module-typescript",
        source: patches.reduce(patched, source),
        shortCircuit: true,
      };
    },
  });
}

function variantOf(url: string | undefined): string | null {
  if (url === undefined || !url.startsWith(PROJECT.href)) return null;
  return new URL(url).searchParams.get(PARAMETER);
}

function isOurs(url: string): boolean {
  return url.startsWith(PROJECT.href) && !url.includes("/node_modules/");
}
