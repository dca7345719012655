import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { detectMechanism } from '../../src/cages/detect.ts';
import { findAddon } from '../../src/cages/find-keeper.ts';
import { confine, proofLimits } from '../../src/cages/proof.ts';

describe('where the keeper program cannot be had', () => {
  const addon = findAddon(resolve(import.meta.dirname, '../../dist'));
  /** As on a machine whose control groups are not ours. */
  const forbidden = ['cgroup2', 'cgroup1'];
  let mechanism: Mechanism;

  before(async function () {
    if (addon === null) {
      console.log('      skipped: the addon is not in dist; npm run build brings it on Linux');
      this.skip(); // for the reason just printed
    }
    const detected = await detectMechanism({ keeper: null, addon, forbidden });
    mechanism = detected.mechanism;
    assert.deepEqual(
      [mechanism.name, detected.description.passedOver.map(each => each.mechanism)],
      ['node-keeper', ['cgroup2', 'cgroup1', 'namespaces', 'subreaper']],
    );
  });
  after(() => mechanism?.close());

  async function end(script: string, env: Record<string, string> = {}) {
    const launch = { file: 'sh', args: ['-c', script], cwd: '/', env };
    return (await confine(mechanism, launch, { ...proofLimits, memoryBytes: null, timeoutMs: 30_000 })).end;
  }

  it('a Node stands in front of each test, and tells its end exactly', async () => {
    assert.deepEqual(await end('exit 7'), { kind: 'ended', code: 7, signal: null });
    assert.deepEqual(await end('kill -SEGV $$'), { kind: 'ended', code: null, signal: 'SIGSEGV' });
    assert.deepEqual(await end('kill -35 $$'), { kind: 'ended', code: null, signal: 'SIG35' }, 'one without a name');
  });

  it('what the test’s environment says of Node is for the test alone', async () => {
    const env = { NODE_OPTIONS: '--require /no/such/file' };
    assert.deepEqual(await end('test "$NODE_OPTIONS" = "--require /no/such/file"', env), {
      kind: 'ended',
      code: 0,
      signal: null,
    });
  });

  it('the test has its descriptors, its signals and its session to itself', async () => {
    const own = 'test ! -e /proc/$$/fd/4 && test "$(cut -d" " -f6 /proc/$$/stat)" = $$';
    assert.deepEqual(await end(own), { kind: 'ended', code: 0, signal: null });
    assert.deepEqual(
      await end('kill -PIPE $$'),
      { kind: 'ended', code: null, signal: 'SIGPIPE' },
      'which Node ignores',
    );
  });

  it('and neither can an addon be loaded, the process group is left, and the reason is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-addon-'));
    try {
      const broken = join(folder, 'keeper/linux/koffi.node');
      mkdirSync(dirname(broken), { recursive: true });
      writeFileSync(broken, 'no addon');
      copyFileSync(resolve(addon!, '../../../node-keeper.cjs'), join(folder, 'node-keeper.cjs'));
      const { mechanism: weakest, description } = await detectMechanism({ keeper: null, addon: broken, forbidden });
      await weakest.close();
      assert.equal(weakest.name, 'process-group');
      assert.match(description.passedOver.at(-1)!.because, /koffi\.node: (file too short|invalid ELF header)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
