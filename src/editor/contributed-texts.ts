type Texts = Record<string, string>;

/** What people read of a setting or a tool; what a model reads stays as it is. */
const read = ['description', 'markdownDescription', 'patternErrorMessage', 'displayName', 'userDescription'];
const readLists = ['enumDescriptions', 'enumItemLabels'];
/** What is data, whatever its keys are called. */
const data = ['default', 'examples', 'inputSchema'];

/** The same with a key in the place of each text that people read; the texts are added to `texts`. */
export function withKeys(part: unknown, key: string, texts: Texts): unknown {
  if (Array.isArray(part)) return part.map((each, at) => withKeys(each, `${key}.${nameOf(each) ?? at}`, texts));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) => {
      const own = `${key}.${name.replace(/^bulkhead\./, '')}`;
      if (data.includes(name)) return [name, value];
      if (read.includes(name) && typeof value === 'string') return [name, keyFor(value, own, texts)];
      if (readLists.includes(name) && Array.isArray(value))
        return [name, value.map((text: string, at) => keyFor(text, `${own}.${at}`, texts))];
      return [name, withKeys(value, own, texts)];
    }),
  );
}

function keyFor(text: string, key: string, texts: Texts): string {
  texts[key] = text;
  return `%${key}%`;
}

function nameOf(part: unknown): string | undefined {
  const { name } = (part ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}
