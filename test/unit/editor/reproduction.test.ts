import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { parseCommand } from '../../../src/cli/args.ts';
import { reproductionCommand } from '../../../src/editor/reproduction.ts';
import { quoted, shellOf } from '../../../src/editor/shell-quoting.ts';

const folder = { name: 'w', path: '/w' };
const limits = { memoryBytes: 256 * 1024 ** 2, timeoutMs: 30_000 };
const nasty = ["it's", '$(touch x)', '`id`', 'a b', '"', '\\', 'é', '*', '', '!x', ';', '-x', 'a\nb'];

describe('the command that reproduces a test', () => {
  it('names the file, the test and what held for it', () => {
    const command = reproductionCommand({ folder, file: '/w/test/a.js', keys: ['-k_1'], limits }, '/w', 'posix');
    assert.equal(command, 'bulkhead run test/a.js --key=-k_1 --memory 256MiB --timeout 30000ms');
    const parsed = parseCommand(command.split(' ').slice(1));
    assert.ok(parsed.command === 'run');
    assert.deepEqual([parsed.paths, parsed.keys], [['test/a.js'], ['-k_1']]);
    assert.deepEqual(parsed.layer, { memory: limits.memoryBytes, timeout: limits.timeoutMs });
  });

  it('is whole in another folder, and without limits', () => {
    const none = { memoryBytes: null, timeoutMs: null };
    assert.equal(
      reproductionCommand({ folder, file: "/w/it's.js", keys: [], limits: none }, '', 'posix'),
      "bulkhead run '/w/it'\\''s.js' --folder /w --memory none --timeout none",
    );
  });

  it('says an odd number of bytes exactly', () => {
    const odd = { memoryBytes: 1024 ** 2 + 1, timeoutMs: 1 };
    const command = reproductionCommand({ folder, file: '/w/-a.js', keys: [], limits: odd }, '/w', 'posix');
    assert.equal(command, 'bulkhead run ./-a.js --memory 1048577B --timeout 1ms');
    const parsed = parseCommand(command.split(' ').slice(1));
    assert.ok(parsed.command === 'run' && parsed.layer.memory === odd.memoryBytes);
  });
});

describe('a word for a shell', () => {
  it('reaches the program as it is', function () {
    if (process.platform === 'win32') this.skip();
    for (const word of nasty) {
      const line = `printf '%s.' ${quoted(word, 'posix')}`;
      assert.equal(execFileSync('sh', ['-c', line], { encoding: 'utf8' }), `${word}.`);
    }
  });

  it('is quoted as PowerShell and cmd do it', () => {
    assert.equal(quoted("it's $x", 'powershell'), "'it''s $x'");
    assert.equal(quoted('a "b"', 'cmd'), '"a ""b"""');
    assert.equal(quoted('C:/a/b.js', 'cmd'), 'C:/a/b.js');
  });

  it('is for the shell that VS Code opens', () => {
    assert.equal(shellOf('C:\\Program Files\\PowerShell\\7\\pwsh.exe'), 'powershell');
    assert.equal(shellOf('C:\\WINDOWS\\System32\\cmd.exe'), 'cmd');
    assert.equal(shellOf('C:\\Program Files\\Git\\bin\\bash.exe'), 'posix');
    assert.equal(shellOf('/usr/bin/fish'), 'posix');
    assert.equal(shellOf('', 'win32'), 'powershell');
    assert.equal(shellOf('', 'linux'), 'posix');
  });
});
