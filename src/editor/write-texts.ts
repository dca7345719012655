// node src/editor/write-texts.ts [--check]: l10n/bundle.l10n.json from what the code says, or whether it is as the code says.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const bundle = 'l10n/bundle.l10n.json';
const translators = new Set(['vscode.l10n.t', 't']);
const faults: string[] = [];
const found = globSync('src/editor/*.ts').flatMap(textsOf);
const texts = [...new Set(found)].sort();
const written = `${JSON.stringify(Object.fromEntries(texts.map(text => [text, text])), null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(bundle, written);
else if (readFileSync(bundle, 'utf8') !== written)
  faults.push(`${bundle} is not what the code says. Run: npm run schema`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

function textsOf(file: string): string[] {
  const texts: string[] = [];
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && translators.has(node.expression.getText(source))) {
      const [text] = node.arguments;
      if (text && ts.isStringLiteral(text)) texts.push(text.text);
      else faults.push(`${file}: a text must be written out to be translated`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return texts;
}
