import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseTree, type Node } from 'jsonc-parser';
import { contributedTools } from '../../../src/editor/contributed-tools.ts';

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
const { activationEvents, contributes } = JSON.parse(text) as Manifest;
const { commands, menus, keybindings = [], languageModelTools } = contributes;

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
    const expected: unknown = JSON.parse(JSON.stringify(contributedTools()));
    assert.deepEqual(languageModelTools, expected, 'run: npm run schema');
    for (const { name } of languageModelTools)
      assert.ok(activationEvents.includes(`onLanguageModelTool:${name}`), name);
  });

  it('lists in the README every command of the palette', () => {
    const readme = readFileSync('README.md', 'utf8');
    const hidden = new Set(menus['commandPalette']!.filter(({ when }) => when === 'false').map(each => each.command));
    const missing = commands.filter(({ command, title }) => !hidden.has(command) && !readme.includes(`| ${title} `));
    assert.deepEqual(
      missing.map(({ title }) => title),
      [],
    );
  });
});
