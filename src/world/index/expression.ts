/** The work grows with the square of this. */
const MAX_TOKENS = 4_096

/**
 * Whether a text, one letter for each token, is an expression: atoms `x`, joined by `&`, in parentheses. Each step makes one atom of what
 * is decided, until nothing more can be done.
 */
export function isExpression(shape: string): boolean {
  if (shape.length > MAX_TOKENS) return false
  let rest = shape
  for (let before = ""; before !== rest;) {
    before = rest
    rest = rest.replaceAll(/x(?:&x)+/g, "x").replaceAll("(x)", "x")
  }
  return rest === "x"
}
