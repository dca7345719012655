import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newV1Group, newV2Group } from './groups.ts';
import { asSelf, endEverything, Kept } from './kept.ts';
import { newTag } from './living.ts';
import { instrumented, programsOrSkip, skip, type Programs } from './programs.ts';

/** Within 5 % of what the kernel counts by itself. */
function agrees(what: string, said: number, counted: number): void {
  assert.ok(Math.abs(said / counted - 1) < 0.05, `${what}: keeper says ${said}, the kernel ${counted}`);
}

describe('keeper: its numbers against the kernel’s own', function () {
  this.timeout(20_000);
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
    if (instrumented !== '') skip(this, 'numbers are not comparable under sanitizers');
  });
  afterEach(endEverything);

  for (const extra of [[], ['--pidns']]) {
    it(`peak memory of a hog ${extra.join()}`, async function () {
      const group = newV1Group(asSelf);
      if (typeof group === 'string') skip(this, group);
      const options = ['--cgroup', group.folder, '--poll', '5', ...extra];
      const command = [programs.attack('hog'), newTag(), '300', '0', '3', '100'];
      const done = await new Kept({ keeper: programs.keeper, options, command }).event('done');
      const counted = Number(readFileSync(join(group.folder, 'memory.max_usage_in_bytes'), 'utf8'));
      agrees('peak', Number(done['peakBytes']), counted);
      await group.remove();
    });

    it(`CPU time of spinners, one of them killed ${extra.join()}`, async function () {
      const group = newV2Group(asSelf);
      if (typeof group === 'string') skip(this, group);
      const options = ['--cgroup', group.folder, ...extra];
      const spin = programs.attack('exhaust');
      const command = ['sh', '-c', `${spin} x cpu 20 & ${spin} x cpu 1`];
      const kept = new Kept({ keeper: programs.keeper, prefix: group.prefix, options, command });
      await kept.event('leader-exited');
      const done = await kept.end();
      const counted = Number(/usage_usec (\d+)/.exec(readFileSync(join(group.folder, 'cpu.stat'), 'utf8'))?.[1]) / 1000;
      assert.ok(counted > 500, `only ${counted} ms were spent`);
      agrees('CPU ms', Number(done['cpuMs']), counted);
      await group.remove();
    });

    it(`wall time of a sleeper ${extra.join()}`, async () => {
      const command = ['sleep', '1'];
      const began = performance.now();
      const kept = new Kept({ keeper: programs.keeper, options: extra, command });
      const done = await kept.event('done');
      agrees('wall ms', Number(done['wallMs']), performance.now() - began);
      assert.ok(Number(done['wallMs']) >= 1000);
    });
  }
});
