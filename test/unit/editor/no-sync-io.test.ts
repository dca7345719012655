import assert from 'node:assert/strict';
import { build } from 'esbuild';

describe('code in the extension host', () => {
  it('never waits for the file system: what it bundles calls no synchronous function of Node', async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: ['src/extension.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['vscode'],
      write: false,
      metafile: true,
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
      logLevel: 'silent',
    });
    const imports = Object.values(metafile.outputs).flatMap(output => output.imports.map(({ path }) => path));
    assert.ok(imports.includes('node:child_process'), 'the bundle was looked at');
    const calls = outputFiles[0]!.text.match(/\b(?:spawn|exec|execFile|[a-z]\w*)Sync\(/g) ?? [];
    assert.deepEqual(calls, []);
  });
});
