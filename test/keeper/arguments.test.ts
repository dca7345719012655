import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { programsOrSkip, type Programs } from './programs.ts';

describe('keeper: its options', () => {
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
  });

  const run = (...words: string[]) => spawnSync(programs.keeper, words, { encoding: 'utf8' });

  const refused: [string, string[], RegExp][] = [
    ['no command', ['--pidns'], /no command/],
    ['nothing after --', ['--'], /no command/],
    ['an empty command', ['--', ''], /no command/],
    ['an unknown option', ['--what', '--', 'true'], /unknown option '--what'/],
    ['a command without --', ['true'], /unknown option 'true'/],
    ['a missing value', ['--mem', '--', 'true'], /--mem needs a whole number/],
    ['a negative size', ['--fsize', '-1', '--', 'true'], /--fsize needs a whole number from 0 .* not '-1'/],
    ['a size with a unit', ['--mem', '128M', '--', 'true'], /not '128M'/],
    ['a size that overflows', ['--mem', '99999999999999999999', '--', 'true'], /--mem needs/],
    ['a size that would wrap', ['--data', '18446744073709551615', '--', 'true'], /--data needs/],
    ['a number with a plus', ['--nofile', '+64', '--', 'true'], /--nofile needs/],
    ['a number with a blank', ['--nofile', ' 64', '--', 'true'], /--nofile needs/],
    ['hexadecimal', ['--cpu', '0x10', '--', 'true'], /--cpu needs/],
    ['a fraction', ['--poll', '0.5', '--', 'true'], /--poll needs/],
    ['an interval of zero', ['--poll', '0', '--', 'true'], /--poll needs/],
    ['a memory cap that nothing fits into', ['--mem', '4096', '--', 'true'], /--mem needs/],
    ['niceness out of range', ['--nice', '20', '--', 'true'], /--nice needs a whole number from -20 to 19/],
    ['an OOM score out of range', ['--oom-score-adj', '1001', '--', 'true'], /from -1000 to 1000/],
    ['standard output as the control channel', ['--ctl', '1', '--', 'true'], /--ctl needs a whole number from 3/],
    ['a control channel that is not open', ['--ctl', '77', '--', 'true'], /--ctl 77 is not an open descriptor/],
    ['a relative cgroup', ['--cgroup', 'here', '--', 'true'], /--cgroup needs the absolute path/],
    ['a mount without a size', ['--tmpfs', '/tmp', '--', 'true'], /--tmpfs needs FOLDER:BYTES/],
    ['a mount of size 0, which means unlimited', ['--tmpfs', '/tmp:0', '--', 'true'], /--tmpfs needs/],
    [
      'a layer without a place for it',
      ['--overlay', '/srv', '--', 'true'],
      /--overlay needs an absolute folder, after/,
    ],
    [
      'two layers in one place',
      ['--tmpfs', '/tmp:8192', '--overlay', '/a', '--overlay', '/b', '--', 'true'],
      /one each/,
    ],
    ['a relative path to keep', ['--through', 'a', '--', 'true'], /--through needs/],
    ['a relative mount', ['--tmpfs', 'tmp:8192', '--', 'true'], /--tmpfs needs/],
    ['an unknown uid map', ['--uid-map', 'nobody', '--', 'true'], /--uid-map needs auto, keep or root/],
    ['a sweep without a channel', ['--sweep', '/x'], /--sweep goes with --ctl and without a command/],
    ['a sweep with a command', ['--ctl', '3', '--sweep', '/x', '--', 'true'], /--sweep goes with --ctl/],
    ['a relative group to sweep', ['--ctl', '3', '--sweep', 'x'], /--sweep needs the absolute path/],
    ['17 cgroups', [...Array<string[]>(17).fill(['--cgroup', '/x']).flat(), '--', 'true'], /at most 16 times/],
  ];

  for (const [what, words, message] of refused) {
    it(`refuses ${what} in one line, with exit code 125`, () => {
      const { status, stdout, stderr } = run(...words);
      assert.equal(status, 125);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /^keeper: [^\n]+\n$/);
    });
  }

  it('takes the last of an option given twice, and everything after -- for the command', () => {
    const { status, stdout } = run(
      '--fsize',
      '0',
      '--fsize',
      '1048576',
      '--',
      'sh',
      '-c',
      'ulimit -f; echo "$1"',
      'sh',
      '--mem',
    );
    assert.equal(stdout, '2048\n--mem\n');
    assert.equal(status, 0);
  });

  it('cuts a hostile value in its error message', () => {
    const { status, stderr } = run('--mem', 'x'.repeat(100_000), '--', 'true');
    assert.equal(status, 125);
    assert.ok(stderr.length < 300, `${stderr.length} bytes`);
  });
});
