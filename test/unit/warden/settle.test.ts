import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { settle, surroundings } from '../../../src/warden/settle.ts';

const source = resolve(import.meta.dirname, '../../../src/warden/settle.ts');

describe('a warden that inherited nothing', function () {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('takes over environment, folder and umask, and keeps nothing of its own', () => {
    const inheritance = { environment: { ONLY: 'this = one' }, cwd: '/usr', umask: 0o27, surroundings: surroundings() };
    const code = `
      const { settle } = await import(${JSON.stringify(source)});
      settle(${JSON.stringify(inheritance)});
      console.log(JSON.stringify([process.env, process.cwd(), process.umask()]));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(output), [{ ONLY: 'this = one' }, '/usr', 0o27]);
  });

  it('refuses where it is not where its client is, and changes nothing then', () => {
    const elsewhere = { ...surroundings(), 'mount namespace': 'mnt:[1]', 'list of groups': '4 27' };
    const before = { ...process.env };
    assert.throws(
      () => settle({ environment: {}, cwd: '/', umask: 0, surroundings: elsewhere }),
      /^Error: a process there has another mount namespace and another list of groups$/,
    );
    assert.deepEqual({ ...process.env }, before);
  });

  it('knows of every namespace that a test could tell apart', () => {
    const known = surroundings();
    for (const name of ['mount', 'process', 'network', 'user', 'IPC', 'host name']) {
      assert.match(known[`${name} namespace`] ?? '', /^\w+:\[\d+\]$/);
    }
    assert.match(known['user'] ?? '', new RegExp(`\\b${process.getuid?.()}\\b`));
  });
});
