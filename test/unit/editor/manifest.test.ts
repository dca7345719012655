import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { parseTree, type Node } from 'jsonc-parser';
import { generated } from '../../../src/editor/generated-manifest.ts';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category?: string; readonly title: string }[];
    readonly languageModelTools: readonly { readonly name: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly keybindings?: readonly { readonly command: string; readonly key: string; readonly when?: string }[];
  };
}

const text = readFileSync('package.json', 'utf8');
const readme = readFileSync('README.md', 'utf8');
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Readonly<Record<string, string>>;
const { activationEvents, contributes } = JSON.parse(text) as Manifest;
const { commands, menus, keybindings = [], languageModelTools } = contributes;

const titleOf = ({ title }: { readonly title: string }): string => texts[title.slice(1, -1)] ?? title;

describe('the manifest of the extension', () => {
  it('says nothing twice: JSON keeps the last one, and what a merge put before it is gone', () => {
    const twice: string[] = [];
    const look = (node: Node): void => {
      if (node.type === 'object') {
        const names = (node.children ?? []).map(({ children }) => String(children?.[0]?.value));
        twice.push(...names.filter((name, index) => names.indexOf(name) < index));
      }
      node.children?.forEach(look);
    };
    look(parseTree(text)!);
    assert.deepEqual(twice, []);
  });

  it('has every text that people read in package.nls.json, and there nothing that it does not use', () => {
    const used: string[] = [];
    const plain: string[] = [];
    const told =
      /^(title|description|markdownDescription|displayName|userDescription|contents|contextualTitle|altText|label)$/;
    const look = (part: unknown, place: string): void => {
      if (typeof part === 'string') {
        const key = /^%([\w.-]+)%$/.exec(part)?.[1];
        if (key !== undefined) used.push(key);
        else if (told.test(place.split('/').at(-1)!)) plain.push(place);
      } else if (typeof part === 'object' && part !== null) {
        // What a model reads is no matter of the user's language.
        for (const [name, value] of Object.entries(part)) if (name !== 'inputSchema') look(value, `${place}/${name}`);
      }
    };
    look(JSON.parse(text), '');
    assert.deepEqual(plain, []);
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
    for (const [key, value] of Object.entries(texts)) assert.ok(value.length > 0, key);
    for (const [key, value] of Object.entries(generated().texts))
      assert.equal(texts[key], value, 'run: npm run schema');
  });

  it('has each command under one category, and in the palette under a condition', () => {
    for (const { command, category } of commands) {
      assert.equal(category, 'Bulkhead', command);
      const entries = menus['commandPalette']!.filter(entry => entry.command === command);
      assert.deepEqual([entries.length, typeof entries[0]?.when], [1, 'string'], command);
    }
  });

  it('offers in menus and by keys only commands that there are', () => {
    const known = new Set(commands.map(({ command }) => command));
    const used = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
    assert.deepEqual(
      used.filter(command => command.startsWith('bulkhead.') && !known.has(command)),
      [],
    );
  });

  it('has the tools for agents as the code describes them, and wakes up for each', () => {
    const expected: unknown = JSON.parse(JSON.stringify(generated().tools));
    assert.deepEqual(languageModelTools, expected, 'run: npm run schema');
    for (const { name } of languageModelTools)
      assert.ok(activationEvents.includes(`onLanguageModelTool:${name}`), name);
  });

  it('lists in the README every command of the palette', () => {
    const hidden = new Set(menus['commandPalette']!.filter(({ when }) => when === 'false').map(each => each.command));
    const titles = commands.filter(({ command }) => !hidden.has(command)).map(titleOf);
    assert.deepEqual(
      titles.filter(title => !readme.includes(`| ${title} `)),
      [],
    );
  });

  it('gives in the README each command that has a key with that key, and no other', () => {
    const told = commands.map(command => {
      const row = new RegExp(`^\\| ${titleOf(command)} .*\\(\`([^\`]+)\`\\) *\\|$`, 'm');
      return row.exec(readme)?.[1]?.toLowerCase();
    });
    const bound = commands.map(({ command }) => keybindings.find(each => each.command === command)?.key);
    assert.deepEqual(told, bound);
  });

  it('shows in the README pictures that are there, each with its words and small', () => {
    const pictures = [...readme.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)];
    assert.ok(pictures.length >= 3);
    for (const [, words = '', file = ''] of pictures) {
      assert.match(file, /^media\/.+\.png$/);
      assert.ok(words.length > 20, `${file} is described by "${words}"`);
      const { size } = statSync(file);
      assert.ok(size <= 150 * 1024, `${file} has ${size} bytes`);
    }
  });
});
