/** The folder everything durable lives in. */
import { pathOption } from "../kinds/path-option.ts";
import type { Option } from "../option.ts";

export const DATA_OPTION: Option<string> = pathOption({
  description: "Folder for samples and the node's identity. Made when it does not exist.",
  default: "./data",
});
