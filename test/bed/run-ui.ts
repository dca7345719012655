// node test/bed/run-ui.ts [spec …]: the packaged extension in a real VS Code window, driven by the specs of test/ui.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { installVsix } from './install-vsix.ts';
import { bed, extensionRoot, serverRunsHere, vsix } from './places.ts';

const specs = process.argv.slice(2);

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  if (!serverRunsHere) throw new Error("VS Code's server runs on Linux x64 only, and the UI tests need it.");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-extensions-'));
  try {
    await installVsix(vsix, folder);
    const counted = path.join(bed, 'counted.ts');
    const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
    const options = [
      '--timeout',
      '240000',
      '--forbid-only',
      '--fail-zero',
      // A browser, a server and an extension host on a busy machine: what fails once and then passes is told as such.
      '--retries',
      '1',
      '--require',
      path.join(bed, 'witness.ts'),
      '--reporter',
      counted,
      '--reporter-option',
      'layer=ui',
    ];
    const child = spawn(
      process.execPath,
      [mocha, ...options, ...(specs.length > 0 ? specs : ['test/ui/**/*.test.ts'])],
      {
        cwd: extensionRoot,
        env: { ...process.env, BULKHEAD_BED_EXTENSIONS: folder },
        stdio: 'inherit',
      },
    );
    // Ctrl-C reaches mocha by itself; what is sent to this process alone has to be handed on.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
