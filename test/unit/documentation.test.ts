import * as assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { anchorOf, packagedReadme } from '../../.ci/packaged-readme.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md'],
  ...readdirSync(path.join(root, 'docs')).map(name => `docs/${name}`),
];

describe('the documentation', () => {
  for (const page of pages) {
    it(`leads from ${page} to what is there`, () => {
      const broken = linksOf(read(page)).filter(link => !/^[a-z]+:/.test(link) && !leads(page, link));
      assert.deepEqual(broken, []);
    });
  }

  it('has each key of the configuration in its table, with its default', () => {
    const { properties } = JSON.parse(read('media/bulkhead.schema.json')) as Schema;
    const page = read('docs/configuration.md');
    const frameworks = Object.keys(properties['frameworks']?.properties ?? {}).map(name => `frameworks.${name}`);
    const settings = Object.entries(properties).filter(([key]) => key !== '$schema' && key !== 'frameworks');
    assert.ok(settings.length > 40 && frameworks.length > 10);
    assert.deepEqual(
      frameworks.filter(key => rowOf(page, key) === null),
      [],
    );
    for (const [key, setting] of settings) {
      const told = rowOf(page, key);
      const { default: due } = setting ?? {};
      if (due === undefined || due === null) assert.notEqual(told, null, key);
      else assert.equal(told, `\`${JSON.stringify(due)}\``, key);
    }
  });

  it('is all in the package, where no link leads out of it but to the web', () => {
    const packaged = packagedReadme(root);
    assert.match(packaged, /^## Configuration, key by key$/m);
    assert.match(packaged, /^### Known failures$/m);
    const links = linksOf(packaged);
    assert.ok(links.includes('#known-failures') && links.includes('#frameworks'));
    const headings = anchorsOf(packaged);
    assert.deepEqual(
      links.filter(link => !/^https:/.test(link) && !headings.has(link)),
      [],
    );
  });

  it('shows its pictures in the package from where they are published, and none where that is not said', () => {
    assert.doesNotMatch(packagedReadme(root), /!\[/);
    const pictures = packagedReadme(root, 'https://example.com/bulkhead').match(/!\[[^\]]*\]\([^)]+\)/g) ?? [];
    assert.equal(pictures.length, (read('README.md').match(/^!\[/gm) ?? []).length);
    for (const picture of pictures) assert.match(picture, /\(https:\/\/example\.com\/bulkhead\/media\/.+\.png\)$/);
  });
});

interface Schema {
  readonly properties: Readonly<
    Record<string, { readonly properties?: object; readonly default?: unknown } | undefined>
  >;
}

/** What stands there as the default of a key; null: it has no row. */
function rowOf(page: string, key: string): string | null {
  const row = page.split('\n').find(line => line.startsWith(`| \`${key}\` `));
  return row === undefined ? null : (row.split('|')[2] ?? '').trim();
}

/** Without those that stand in code. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`(?!\]\()/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

function leads(page: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, target))) return false;
  return heading === undefined || anchorsOf(read(target)).has(`#${heading}`);
}

function anchorsOf(text: string): Set<string> {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));
}
