/**
 * `npm run map`: writes the layer picture into README.md after `layers.ts` has changed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { withMap } from "./readme-map.ts";

const path = new URL("../../README.md", import.meta.url);
writeFileSync(path, withMap(readFileSync(path, "utf8")));
