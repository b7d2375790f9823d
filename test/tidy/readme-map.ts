/**
 * The map in README.md: the picture of the layers, between two markers, made from the table in
 * `layers.ts`. `npm run map` writes it; a test checks that it is up to date.
 */
import { drawLayers } from "./layers.ts";

const MAP_BEGIN = "<!-- map: made by `npm run map` from test/tidy/layers.ts -->";
const MAP_END = "<!-- end of map -->";

/** `readme` with the map between the markers replaced by the current one. */
export function withMap(readme: string): string {
  const begin = readme.indexOf(MAP_BEGIN);
  const end = readme.indexOf(MAP_END);
  if (begin < 0 || end < begin) {
    throw new Error(
      `cannot place the map in README.md: want a line "${MAP_BEGIN}", later "${MAP_END}"`,
    );
  }
  const map = `${MAP_BEGIN}\n\n\`\`\`text\n${drawLayers()}\n\`\`\`\n\n`;
  return readme.slice(0, begin) + map + readme.slice(end);
}
