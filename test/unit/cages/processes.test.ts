import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linuxProcesses, parsePsLine, psProcesses, readProcess } from '../../../src/cages/processes.ts';

describe('the list of processes', () => {
  it('shows a process whose name tries to look like something else', async function () {
    if (process.platform !== 'linux') this.skip(); // reads /proc
    const child = spawn('/bin/sh', ['-c', 'printf ") R 1 1 1" > /proc/self/comm; sleep 5'], { detached: true });
    try {
      await once(child, 'spawn');
      const row = readProcess(child.pid!);
      assert.equal(row?.parent, process.pid);
      assert.equal(row?.group, child.pid);
      assert.ok(linuxProcesses().some(one => one.pid === child.pid && one.started === row?.started));
    } finally {
      process.kill(-child.pid!, 'SIGKILL');
    }
  });

  it('does not count a zombie as alive', async function () {
    if (process.platform !== 'linux') this.skip(); // reads /proc
    const parent = spawn('/bin/sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 5'], { detached: true });
    try {
      const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
      await new Promise(resolve => setTimeout(resolve, 100));
      assert.equal(readProcess(Number(pid.toString())), null);
    } finally {
      process.kill(-parent.pid!, 'SIGKILL');
    }
  });

  it('is read from ps where there is no /proc', () => {
    const [row] = parsePsLine('  501   1   501 Ss  20480 1:02.50 Fri Nov 20 20:14:08 2026 /usr/bin/node a b');
    assert.deepEqual(row, {
      pid: 501,
      parent: 1,
      group: 501,
      session: 501,
      started: 'Fri Nov 20 20:14:08 2026',
      command: '/usr/bin/node a b',
      memoryBytes: 20480 * 1024,
      cpuMs: 62_500,
    });
    const cpuMs = (time: string) => parsePsLine(`1 1 1 S 1 ${time} Fri Nov 20 20:14:08 2026 a`)[0]?.cpuMs;
    assert.equal(cpuMs('1234:05.25'), 74_045_250, 'macOS');
    assert.equal(cpuMs('01:02:03'), 3_723_000);
    assert.equal(cpuMs('2-01:02:03'), 176_523_000);
    assert.deepEqual(parsePsLine('  502   1   501 Z  0 0:00.00 Fri Nov 20 20:14:08 2026 (sh)'), []);
    assert.deepEqual(parsePsLine(''), []);
  });

  it('agrees with ps on who is there', () => {
    assert.ok(psProcesses().some(row => row.pid === process.pid && row.memoryBytes > 0));
  });
});
