import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const panel = path.resolve(import.meta.dirname, '../../../src/panel');

describe("the panel's bundle", () => {
  it('is at most 40 kB minified, and needs nothing of Node', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [path.join(panel, 'report.ts')],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      external: ['node:*'],
    });
    const imports = Object.values(metafile.inputs).flatMap(input => input.imports.filter(each => each.external));
    assert.deepEqual(imports, []);
    const bytes = outputFiles[0]!.contents.length;
    assert.ok(bytes <= 40_000, `${bytes} bytes`);
  });

  it('makes elements of no text', async () => {
    const { metafile } = await build({
      entryPoints: [path.join(panel, 'report.ts')],
      bundle: true,
      write: false,
      metafile: true,
      absWorkingDir: panel,
    });
    const sources = Object.keys(metafile.inputs).map(
      file => [file, readFileSync(path.resolve(panel, file), 'utf8')] as const,
    );
    assert.ok(sources.length > 10);
    for (const [file, source] of sources)
      assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, file);
  });

  it("takes every colour from the editor's theme", () => {
    const css = readFileSync(path.join(panel, 'report.css'), 'utf8').replace(/\/\*.*?\*\//gs, '');
    assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|oklch)\(/i);
    const given: unknown = JSON.parse(readFileSync(path.resolve(panel, '../../test/ui/panel/themes.json'), 'utf8'));
    const known = new Set(
      Object.values(given as Record<string, { variables: object }>).flatMap(({ variables }) => Object.keys(variables)),
    );
    const unknown = [...css.matchAll(/var\((--vscode-[\w-]+)/g)]
      .map(match => match[1]!)
      .filter(name => !known.has(name));
    assert.deepEqual(unknown, []);
  });
});
