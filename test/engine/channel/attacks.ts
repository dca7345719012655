/** What a test does to the events of its own run, in the middle of its body. */
export interface Attack {
  readonly name: string;
  /** `fd` is the pipe of the events; `forge(event, of, more)` writes one about the test `of`. Absent: it cannot be done there. */
  readonly javascript?: string;
  readonly python?: string;
  /** What is to come of the culprit; its neighbours pass. */
  readonly culprit: 'passed' | 'failed' | 'error/protocol';
  /** How it is named; null: nothing has happened. */
  readonly named: RegExp | null;
}

const unwritten = /not written by the code inside the framework/;
const garbage = /not an event/;
const closed = /could not be delivered/;

export const attacks: readonly Attack[] = [
  {
    name: 'tells that it has passed, and fails',
    javascript: `forge('end', 'culprit', { state: 'passed' }); throw new Error('in truth');`,
    python: `forge('end', 'culprit', state='passed'); assert False, 'in truth'`,
    culprit: 'failed',
    named: unwritten,
  },
  {
    name: 'tells that it has passed, and ends its process',
    javascript: `forge('end', 'culprit', { state: 'passed' }); forge('bye'); throw new Error('in truth');`,
    python: `forge('end', 'culprit', state='passed'); forge('bye'); assert False, 'in truth'`,
    culprit: 'failed',
    named: unwritten,
  },
  {
    name: 'tells that another test has failed',
    javascript: `forge('end', 'after', { state: 'failed' });`,
    python: `forge('end', 'after', state='failed')`,
    culprit: 'passed',
    named: unwritten,
  },
  {
    name: 'tells its end twice',
    javascript: `for (const state of ['failed', 'passed']) forge('end', 'culprit', { state });`,
    python: `[forge('end', 'culprit', state=state) for state in ('failed', 'passed')]`,
    culprit: 'passed',
    named: unwritten,
  },
  {
    name: 'says the last word of the framework',
    javascript: `forge('bye', null, { code: 3 });`,
    python: `forge('bye', code=3)`,
    culprit: 'passed',
    named: unwritten,
  },
  {
    name: 'begins anew with a key of its own',
    javascript: `const k = 'mine'; forge('hello', null, { k, framework: 'x', version: '1' }); forge('bye', null, { k });`,
    python: `forge('hello', k='mine', framework='x', version='1'); forge('bye', k='mine')`,
    culprit: 'passed',
    named: unwritten,
  },
  {
    name: 'finds tests that nobody knows',
    javascript: `forge('found', 'x'); forge('start', 'x'); forge('end', 'x', { state: 'failed' });`,
    python: `forge('found', 'x'); forge('start', 'x'); forge('end', 'x', state='failed')`,
    culprit: 'passed',
    named: unwritten,
  },
  {
    name: 'writes garbage without an end',
    javascript: `fs.writeSync(fd, 'garbage');`,
    python: `os.write(fd, b'garbage')`,
    culprit: 'passed',
    named: garbage,
  },
  {
    name: 'writes half an event',
    javascript: `fs.writeSync(fd, '{"s":3,"t":"end","path":["cul');`,
    python: `os.write(fd, b'{"s":3,"t":"end","path":["cul')`,
    culprit: 'passed',
    named: garbage,
  },
  {
    name: 'writes what is not UTF-8',
    javascript: `fs.writeSync(fd, Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x00, 0x0a]));`,
    python: `os.write(fd, bytes([0x7b, 0xff, 0xfe, 0xc0, 0x00, 0x0a]))`,
    culprit: 'passed',
    named: garbage,
  },
  {
    name: 'writes an event of 100 MB',
    javascript: `const mb = Buffer.alloc(2 ** 20, 'x'); for (let i = 0; i < 100; i++) all(mb);`,
    python: `[everything(b'x' * 2**20) for _ in range(100)]`,
    culprit: 'passed',
    named: /an event of 104857600 bytes was dropped/,
  },
  {
    name: 'writes ten thousand lies',
    javascript: `for (let i = 0; i < 10_000; i++) forge('bye');`,
    python: `[forge('bye') for _ in range(10_000)]`,
    culprit: 'passed',
    named: /^9980 more such problems$/,
  },
  {
    name: 'lets a child write that was given the pipe',
    javascript: `spawnSync('sh', ['-c', 'echo "{}" >&3'], { stdio: ['ignore', 'ignore', 'ignore', fd] });`,
    python: `subprocess.run(['bash', '-c', 'echo "{}" >&%d' % fd], pass_fds=[fd])`,
    culprit: 'passed',
    named: garbage,
  },
  {
    name: 'lets a child look for the pipe that was not given it',
    javascript: `const child = spawnSync('sh', ['-c', 'echo "{}" >&3'], { stdio: 'ignore' }); if (child.status === 0) throw new Error('it has it');`,
    python: `assert subprocess.run(['bash', '-c', 'echo "{}" >&%d' % fd], stderr=subprocess.DEVNULL).returncode != 0`,
    culprit: 'passed',
    named: null,
  },
  {
    name: 'makes the pipe one that does not block',
    python: `os.set_blocking(fd, False)`,
    culprit: 'passed',
    named: null,
  },
  {
    name: 'closes the pipe',
    javascript: `fs.closeSync(fd);`,
    python: `os.close(fd)`,
    culprit: 'error/protocol',
    named: closed,
  },
  {
    name: 'closes fd 3 and opens a file of its own',
    javascript: `fs.closeSync(3); if (fs.openSync('own-file.txt', 'w') !== 3) throw new Error('another number');`,
    culprit: 'error/protocol',
    named: closed,
  },
];

export function javascriptFile(attack: string): string {
  return `const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const fd = 3;
const all = bytes => { for (let at = 0; at < bytes.length;) at += fs.writeSync(fd, bytes, at); };
const forge = (t, of, more) =>
  all(Buffer.from(JSON.stringify({ s: 2, t, ...(of ? { path: [of], ordinal: 0 } : {}), ms: 1, ...more }) + '\\n'));
it('before', () => {});
it('culprit', () => { ${attack} });
it('after', () => {});
`;
}

/** Its pipe is not where it was begun, so it must be looked for. */
export function pythonFile(attack: string): string {
  return `import json, os, stat, subprocess

def pipe():
    for fd in sorted(int(n) for n in os.listdir('/proc/self/fd')):
        try:
            kind = os.stat(fd).st_mode
        except OSError:
            continue
        if fd >= 200 and (stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind)):
            return fd

def everything(data):
    while data:
        data = data[os.write(fd, data):]

def forge(t, of=None, **more):
    about = {'path': ['test_' + of], 'ordinal': 0} if of else {}
    everything(json.dumps(dict(about, s=2, t=t, ms=1, **more)).encode() + b'\\n')

fd = pipe()

def test_before(): pass
def test_culprit():
    ${attack}
def test_after(): pass
`;
}
