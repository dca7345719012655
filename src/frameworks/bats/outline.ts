export interface BatsTest {
  readonly name: string;
  /** One-based. */
  readonly line: number;
  /** Each as `@name`, once. */
  readonly tags: readonly string[];
}

/** The two forms of the preprocessor of bats, which reads the text line by line as this does. */
const declaration = /^[ \t]*@test[ \t]+(.*[^ \t])[ \t]+\{.*$/;
const asFunction = /[ \t]*([^ \t()]+)[ \t]*\(?\)?[ \t]+\{[ \t]+#[ \t]*@test[ \t]*$/;

/** From bats 1.8 on: the tags of the next test, or of all tests from there on; the last such line holds. */
const tagging = /^[ \t]*#[ \t]*bats[ \t]+(test|file)_tags=(.*)$/;
const tag = /^[-_:\p{L}\p{N}]+$/u;

/** Names as they are written: what bash would put in for a variable is not known before the run. */
export function batsTests(text: string): BatsTest[] {
  const tags = { file: [] as readonly string[], test: [] as readonly string[] };
  return text.split('\n').flatMap((each, index): BatsTest[] => {
    const line = each.replaceAll('\r', '');
    const [, name] = declaration.exec(line) ?? asFunction.exec(line) ?? [];
    if (name === undefined) {
      const [, whose, list] = tagging.exec(line) ?? [];
      if (whose === 'file' || whose === 'test') tags[whose] = tagsIn(list!);
      return [];
    }
    const marks = [...new Set([...tags.test, ...tags.file])];
    tags.test = [];
    return [{ name: name.replace(/^['"]/, '').replace(/['"]$/, ''), line: index + 1, tags: marks }];
  });
}

/** None where one of them is not valid, which bats refuses. */
function tagsIn(list: string): readonly string[] {
  const names = list.split(',').map(name => name.trim());
  return names.every(name => tag.test(name)) ? names.map(name => `@${name}`) : [];
}
