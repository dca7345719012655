import { build } from 'esbuild';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../../..');

/** The programs of `src/frameworks/<name>/inside`, bundled as for the package, in a folder of their own. */
export async function bundleInside(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-inside-'));
  for (const [kind, format, extension] of [
    ['entry', 'cjs', '.cjs'],
    ['module', 'esm', '.mjs'],
  ] as const) {
    const entries = globSync(`src/frameworks/*/inside/*.${kind}.ts`, { cwd: repository });
    await build({
      absWorkingDir: repository,
      entryPoints: Object.fromEntries(entries.map(file => [basename(file, `.${kind}.ts`), file])),
      outdir: folder,
      outExtension: { '.js': extension },
      bundle: true,
      platform: 'node',
      format,
      target: 'node18',
      logLevel: 'warning',
    });
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
