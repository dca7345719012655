import assert from 'node:assert/strict';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const token = /<\/([\w.-]+)>|<([\w.-]+)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;

/** The root of a document that is well-formed XML 1.0; fails at the first thing that is not. No comments, no CDATA. */
export function parseXml(document: string): Element {
  const bad = forbidden.exec(document);
  assert.equal(bad, null, `character ${bad?.[0].codePointAt(0)} at ${bad?.index}`);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  assert.ok(document.startsWith(declaration));
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  token.lastIndex = declaration.length;
  while (token.lastIndex < document.length) {
    const at = token.lastIndex;
    const match = token.exec(document);
    assert.ok(match, `not well-formed at ${JSON.stringify(document.slice(at, at + 60))}`);
    const [, closing, opening, attributes = '', empty, text] = match;
    const current = open.at(-1)!;
    if (text !== undefined) current.text += unescaped(text);
    else if (closing !== undefined) assert.equal(open.pop()?.name, closing);
    else {
      const element = { name: opening!, attributes: attributesOf(attributes), children: [], text: '' };
      current.children.push(element);
      if (!empty) open.push(element);
    }
  }
  assert.equal(open.length, 1, `<${open.at(-1)?.name}> is not closed`);
  assert.equal(top.children.length, 1);
  assert.equal(top.text.trim(), '');
  return top.children[0]!;
}

function attributesOf(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescaped(value!)]);
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, `an attribute twice in ${written}`);
  return Object.fromEntries(pairs) as Record<string, string>;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#10': '\n' };

function unescaped(text: string): string {
  return text.replace(/&([^;]*)(;?)/g, (written, name: string, end: string) => {
    const character = end ? entities[name] : undefined;
    assert.ok(character, `${written.slice(0, 20)} is no entity`);
    return character;
  });
}
