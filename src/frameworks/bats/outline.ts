export interface BatsTest {
  readonly name: string;
  /** One-based. */
  readonly line: number;
}

/** The two forms of the preprocessor of bats, which reads the text line by line as this does. */
const declaration = /^[ \t]*@test[ \t]+(.*[^ \t])[ \t]+\{.*$/;
const asFunction = /[ \t]*([^ \t()]+)[ \t]*\(?\)?[ \t]+\{[ \t]+#[ \t]*@test[ \t]*$/;

/** Names as they are written: what bash would put in for a variable is not known before the run. */
export function batsTests(text: string): BatsTest[] {
  return text.split('\n').flatMap((each, index): BatsTest[] => {
    const line = each.replaceAll('\r', '');
    const [, name] = declaration.exec(line) ?? asFunction.exec(line) ?? [];
    return name === undefined ? [] : [{ name: name.replace(/^['"]/, '').replace(/['"]$/, ''), line: index + 1 }];
  });
}
