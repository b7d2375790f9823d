/** A template that cannot be parsed or run. The message reads on after "error expanding template". */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}
