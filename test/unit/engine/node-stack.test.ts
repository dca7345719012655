import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askNode, inspectorLines, messageOf } from '../../../src/engine/node-stack.ts';

describe('where a Node process is stuck', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bulkhead-stuck-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  async function ask(code: string) {
    const script = join(folder, 'stuck.js');
    writeFileSync(script, `process.debugPort = 0;\nconsole.error('up');\n${code}`);
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'] });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    try {
      while (!printed.includes('up')) await sleep(5);
      await sleep(100);
      const message = await askNode({
        wake: () => child.kill('SIGUSR1'),
        address: () => /Debugger listening on (ws:\S+)/.exec(printed)?.[1] ?? null,
        patienceMs: 10_000,
      });
      return { message, printed, script };
    } finally {
      child.kill('SIGKILL');
    }
  }

  it('is told of a busy loop, with the line', async function () {
    if (process.platform === 'win32') this.skip(); // SIGUSR1 is a signal of POSIX
    const { message, script, printed } = await ask('function spin() {\n  for (;;) {}\n}\nspin();');
    assert.match(message?.text ?? '', /busy/);
    assert.match(message?.stack ?? '', /at spin /);
    assert.deepEqual([message?.file, message?.line], [script, 4]);
    assert.equal(printed.replace(inspectorLines, ''), 'up\n');
  });

  it('is told of a regular expression that never ends', async function () {
    if (process.platform === 'win32') this.skip();
    const { message } = await ask("/^(a+)+$/.test('a'.repeat(60) + 'b');");
    assert.match(message?.stack ?? '', /RegExp\.test/);
    assert.equal(message?.line, 3);
  });

  it('is what it waits for where nothing runs', async function () {
    if (process.platform === 'win32') this.skip();
    const { message } = await ask("require('net').createServer().listen(0); setInterval(() => {}, 1e6);");
    assert.match(message?.text ?? '', /waited.*TCPServerWrap × 1/);
  });

  it('is not known of one that does not answer', async () => {
    const silent = { wake: () => undefined, address: () => null, patienceMs: 30 };
    assert.equal(await askNode(silent), null);
    for (const answer of ['', '{', 'null', '{"result":{}}', `${'x'.repeat(70_000)}`])
      assert.equal(messageOf(answer), null);
  });
});
