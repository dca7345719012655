import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Confines } from '../../../src/cages/confines.ts';
import { all, powerOf, shortcomings } from '../../../src/cages/powers.ts';
import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';

const none = limitsOf(defaults);
const MiB = 1024 ** 2;
const launch = { file: '/bin/true', args: [], cwd: '/', env: {} };
const lack = { because: 'it cannot', fix: 'Do.' };

describe('what a launch is given and denied', () => {
  it('is nothing while nothing is asked for', () => {
    const confines = new Confines(none, { ...all, disk: lack, network: lack });
    assert.deepEqual(confines.keep(launch), { options: [], launch });
    assert.deepEqual(confines.unenforced, []);
  });

  it('is what was asked for, in the keeper’s words', () => {
    const limits = { ...none, openFiles: 64, fileBytes: MiB, stackBytes: MiB, cpuMs: 1500, nice: 19, network: false };
    assert.deepEqual(new Confines({ ...limits, diskBytes: 2 * MiB }, all).keep(launch), {
      options: ['--nofile', '64', '--fsize', '1048576', '--stack', '1048576', '--cpu', '2', '--nice', '19'].concat([
        '--netns',
        '--tmpfs',
        '/tmp:2097152',
      ]),
      launch: { ...launch, env: { TMPDIR: '/tmp' } },
    });
  });

  it('leaves out, and names, what the cage cannot give', () => {
    const confines = new Confines({ ...none, diskBytes: MiB, network: false }, { ...all, disk: lack, network: lack });
    assert.deepEqual(confines.keep(launch), { options: [], launch });
    assert.deepEqual(confines.unenforced, [
      { limit: 'disk', ...lack },
      { limit: 'network', ...lack },
    ]);
  });

  it('covers a folder beside what the launch needs of /tmp, and takes it away again', () => {
    const needed = mkdtempSync('/tmp/bulkhead-confines-');
    try {
      for (const each of [
        { ...launch, cwd: needed },
        { ...launch, args: [`--out=${needed}`] },
        { ...launch, env: { CONFIG: needed } },
        { ...launch, cwd: '/tmp' },
      ]) {
        const confines = new Confines({ ...none, diskBytes: MiB }, all);
        const { TMPDIR: folder = '' } = confines.keep(each).launch.env as Record<string, string>;
        assert.match(folder, /.\/bulkhead-disk-/);
        assert.ok(existsSync(folder));
        assert.deepEqual(
          confines.unenforced.map(({ limit, partly }) => [limit, partly]),
          [['disk', true]],
        );
        confines.remove();
        assert.equal(existsSync(folder), false);
      }
      const about = { ...launch, args: [join('/tmp', 'not-there-yet'), '/var/tmp/x', '/tmp'] };
      assert.deepEqual(new Confines({ ...none, diskBytes: MiB }, all).keep(about).launch.env, { TMPDIR: '/tmp' });
    } finally {
      rmSync(needed, { recursive: true });
    }
  });

  it('lays a layer over the workspace on the disk of the test, or on a place of its own in memory', () => {
    const workspace = mkdtempSync('/var/tmp/bulkhead-confines-');
    try {
      const about = { ...launch, cwd: '/', discards: workspace };
      const limits = { ...none, workspaceWrites: 'discarded' as const, memoryBytes: 3 * MiB };
      const withDisk = new Confines({ ...limits, diskBytes: MiB }, all).keep(about);
      assert.deepEqual(withDisk.options, ['--tmpfs', `/tmp:${MiB}`, '--overlay', workspace]);
      const results = mkdtempSync(join(workspace, 'results-'));
      const keeping = { ...about, keeps: [results, '/usr'] };
      assert.deepEqual(new Confines({ ...limits, diskBytes: MiB }, all).keep(keeping).options.slice(2), [
        '--overlay',
        workspace,
        '--through',
        results,
      ]);
      const confines = new Confines(limits, all);
      const { options, launch: kept } = confines.keep(about);
      confines.remove();
      assert.match(options.join(' '), /^--tmpfs .+bulkhead-disk-\w+:3145728 --overlay .+bulkhead-confines-\w+$/);
      assert.equal(kept, about, 'the temporary folder is the machine’s');
    } finally {
      rmSync(workspace, { recursive: true });
    }
  });

  it('lays none where it cannot, and says why', () => {
    const limits = { ...none, workspaceWrites: 'discarded' as const };
    const about = { ...launch, discards: '/' };
    const above = new Confines(limits, all);
    assert.deepEqual(above.keep(about).options, []);
    assert.match(above.unenforced[0]?.because ?? '', /the workspace, \/, has the machine’s temporary folder in it/);
    const without = new Confines(limits, { ...all, workspaceWrites: lack });
    assert.deepEqual(without.keep(about).options, []);
    assert.deepEqual(without.unenforced, [{ limit: 'workspaceWrites', ...lack }]);
  });
});

describe('shortcomings', () => {
  const watched = { ...all, memory: powerOf({ level: 'watched', how: 'now and then' }), processes: lack };

  it('are told of the defaults by nobody, and of a cap that was asked for', () => {
    assert.deepEqual(shortcomings(none, watched), []);
    const limits = { ...none, memoryBytes: MiB, processes: 7 };
    assert.deepEqual(
      shortcomings(limits, watched).map(({ limit }) => limit),
      ['memory', 'processes'],
    );
    assert.deepEqual(shortcomings({ ...limits, memoryBytes: null, processes: null }, watched), []);
  });
});
