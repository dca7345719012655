import assert from 'node:assert/strict';
import { parseCommand } from '../../../src/cli/args.ts';

const parse = (line: string) => parseCommand(line.split(' ').filter(word => word !== ''));

function run(line: string) {
  const command = parse(`run ${line}`);
  return command.command === 'run' ? command : assert.fail(JSON.stringify(command));
}

function wrong(line: string) {
  const command = parse(line);
  return command.command === 'wrong' ? command : assert.fail(JSON.stringify(command));
}

describe('the command line of "run"', () => {
  it('may name nothing', () => {
    assert.deepEqual(run(''), {
      command: 'run',
      paths: [],
      folder: null,
      json: false,
      color: true,
      quiet: false,
      verbose: false,
      keys: [],
      reports: [],
      coverage: false,
      lcov: [],
      layer: {},
    });
  });

  it('takes paths and flags in any order', () => {
    const command = run('a.js --json b -q --no-color --folder /w --output x/r.xml -o r.MD -- --odd.js');
    assert.deepEqual([command.paths, command.folder], [['a.js', 'b', '--odd.js'], '/w']);
    assert.deepEqual([command.json, command.quiet, command.color], [true, true, false]);
    assert.deepEqual(
      command.reports.map(({ file }) => file),
      ['x/r.xml', 'r.MD'],
    );
  });

  it('allows destructive tests only when told to', () => {
    assert.deepEqual(run('--allow-destructive').layer, { 'destructive.allow': true });
    assert.deepEqual(run('').layer, {});
  });

  it('turns flags into settings', () => {
    const { layer } = run('--memory 512M --swap 0 --timeout 30s -j 3 --isolation file --leaks fail');
    assert.deepEqual(layer, {
      memory: 512 * 1024 ** 2,
      swap: 0,
      timeout: 30_000,
      jobs: 3,
      isolation: 'file',
      leaks: 'fail',
    });
    assert.deepEqual(run('--memory none --timeout none --jobs auto').layer, { memory: null, timeout: null, jobs: 0 });
  });

  it('names every flag whose value cannot be understood, all at once', () => {
    const { problems, topic } = wrong('run --memory lots --timeout 30 --jobs 0 --isolation=module -o r.html');
    assert.equal(topic, 'run');
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        '--memory: expected a size such as "512 MiB" or "2 GiB", got "lots"',
        '--timeout: expected a time such as "30s", "500ms" or "2 min", got "30"',
        '--isolation: expected "test" or "suite" or "file" or "adaptive", got "module"',
        '--jobs: expected a whole number from 1 to 1024, got 0',
        '--output: there is no kind of report for "r.html"',
      ],
    );
    assert.ok(problems.every(({ fix }) => fix));
  });
});

describe('a command line that cannot be understood', () => {
  for (const [line, message, fix] of [
    ['', /a command is missing/, /bulkhead run/],
    ['rnu', /no command "rnu"/, /"bulkhead run"/],
    ['test/a.js', /no command "test\/a\.js"/, /bulkhead run test\/a\.js/],
    ['help nope', /no command "nope"/, /bulkhead run/],
    ['run --memroy=1', /no flag --memroy/, /--memory/],
    ['run -x', /no flag -x/, /help/],
    ['list --memory 1', /no flag --memory/, /help/],
    ['run --memory', /'--memory <value>' argument missing/, null],
    ['run --jobs -1', /'--jobs' argument is ambiguous\.$/, null],
    ['run --json=yes', /'--json' does not take an argument/, null],
  ] as const) {
    it(`is explained: "bulkhead ${line}"`, () => {
      const [problem] = wrong(line).problems;
      assert.match(problem?.message ?? '', message);
      if (fix) assert.match(problem?.fix ?? '', fix);
    });
  }
});

describe('help and version', () => {
  for (const [line, expected] of [
    ['help', { command: 'help', topic: 'bulkhead' }],
    ['--help', { command: 'help', topic: 'bulkhead' }],
    ['help run', { command: 'help', topic: 'run' }],
    ['run --memory 1g -h', { command: 'help', topic: 'run' }],
    ['ps', { command: 'ps', json: false, color: true }],
    ['reap --json --no-color', { command: 'reap', json: true, color: false }],
    ['help reap', { command: 'help', topic: 'reap' }],
    ['ps -h', { command: 'help', topic: 'ps' }],
    ['list --help', { command: 'help', topic: 'list' }],
    ['--version', { command: 'version' }],
    ['-v', { command: 'version' }],
    ['version', { command: 'version' }],
  ] as const) {
    it(`come for "bulkhead ${line}"`, () => assert.deepEqual(parse(line), expected));
  }
});

describe('the flags of limits', () => {
  const layerOf = (...flags: string[]) => {
    const command = parseCommand(['run', ...flags]);
    assert.equal(command.command, 'run', JSON.stringify(command));
    return command.layer;
  };

  it('become settings of their names', () => {
    assert.deepEqual(layerOf('--open-files', '64', '--file-size', '1M', '--disk', '2 MiB', '--cpu', '5s'), {
      openFiles: 64,
      fileSize: 1024 ** 2,
      disk: 2 * 1024 ** 2,
      cpu: 5000,
    });
    assert.deepEqual(layerOf('--network', 'off', '--nice', '7', '--run-timeout', '2min', '--jobs', '3'), {
      network: 'off',
      nice: 7,
      runTimeout: 120_000,
      jobs: 3,
    });
    assert.deepEqual(layerOf('--open-files', 'none', '--jobs', 'auto'), { openFiles: null, jobs: 0 });
  });

  it('are refused by name when their values cannot be understood', () => {
    const command = parseCommand(['run', '--nice', '77', '--network', 'perhaps', '--cpu', '1ms', '--open-files', 'x']);
    assert.equal(command.command, 'wrong');
    assert.deepEqual(
      command.problems.map(({ key }) => key),
      ['--cpu', '--network', '--open-files', '--nice'],
    );
  });
});
