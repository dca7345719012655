/** `-test.run` matches each level of a name by an expression of its own, the levels divided by slashes. */
export function runPattern(names: readonly (readonly string[])[]): string {
  const [first = [], ...others] = names;
  // Only whole tests are asked for together: one expression cannot tell which sub-test belongs to which.
  if (others.length === 0) return first.map(level => `^${quoted(level)}$`).join('/');
  return `^(${names.map(([name = '']) => quoted(name)).join('|')})$`;
}

/** As `regexp.QuoteMeta` of Go. */
function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
