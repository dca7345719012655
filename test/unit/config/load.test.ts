import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configName, loadConfig, readConfig } from '../../../src/config/load.ts';

describe('the configuration file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulkhead-config-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('may be missing', async () => {
    assert.deepEqual(await loadConfig(folder), { layer: {}, problems: [] });
  });

  it('may hold comments and trailing commas', async () => {
    const text = '\uFEFF{\n  // small\n  "memory": "128 MiB",\n  "timeout": "2 min",\n}\n';
    await writeFile(join(folder, configName), text);
    assert.deepEqual(await loadConfig(folder), { layer: { memory: 128 * 1024 ** 2, timeout: 120_000 }, problems: [] });
  });

  it('is named when it cannot be read', async () => {
    await mkdir(join(folder, configName));
    const { problems } = await loadConfig(folder);
    assert.equal(problems[0]?.file, join(folder, configName));
    assert.match(problems[0]?.message ?? '', /cannot be read/);
  });

  it('is refused when it is larger than any configuration', async () => {
    await writeFile(join(folder, configName), `{"memory": "1 GiB"}${' '.repeat(1024 ** 2)}`);
    const { layer, problems } = await loadConfig(folder);
    assert.deepEqual(layer, {});
    assert.match(problems[0]?.message ?? '', /too large/);
  });
});

describe('every key of the configuration', () => {
  it('becomes bytes, milliseconds and lists', () => {
    const written = {
      $schema: './schema.json',
      memory: '1.5G',
      swap: '64m',
      processes: 8,
      timeout: 1500,
      startup: '1 min',
      teardown: '3s',
      grace: 0,
      output: '64 KiB',
      isolation: 'file',
      leaks: 'fail',
      jobs: 'auto',
      memoryBudget: '4 GiB',
      overrides: [{ files: 'slow/**', timeout: null }],
      frameworks: {
        mocha: { folders: ['api'], node: '/opt/node', env: { A: '' } },
        command: [
          { name: 'sh', files: '*.sh', exclude: ['x.sh'], command: ['sh', '${file}'], cwd: 'a', skipCodes: [77] },
        ],
      },
    };
    assert.deepEqual(readConfig('f', JSON.stringify(written)), {
      layer: {
        memory: 1.5 * 1024 ** 3,
        swap: 64 * 1024 ** 2,
        processes: 8,
        timeout: 1500,
        startup: 60_000,
        teardown: 3000,
        grace: 0,
        output: 65_536,
        isolation: 'file',
        leaks: 'fail',
        jobs: 0,
        memoryBudget: 4 * 1024 ** 3,
        overrides: [{ files: ['slow/**'], timeout: null }],
        mocha: { enabled: true, folders: ['api'], program: '/opt/node', env: { A: '' } },
        command: [
          {
            name: 'sh',
            files: ['*.sh'],
            exclude: ['x.sh'],
            command: ['sh', '${file}'],
            cwd: 'a',
            env: {},
            skipCodes: [77],
            verdict: 'exit-code',
          },
        ],
      },
      problems: [],
    });
  });

  for (const none of ['"none"', '"None"', 'null']) {
    it(`lets ${none} remove a cap`, () => {
      const { layer, problems } = readConfig('f', `{"memory": ${none}, "processes": ${none}, "timeout": ${none}}`);
      assert.deepEqual([layer, problems], [{ memory: null, processes: null, timeout: null }, []]);
    });
  }

  it('lets mocha be switched off and on', () => {
    assert.equal(readConfig('f', '{"frameworks": {"mocha": false}}').layer.mocha?.enabled, false);
    assert.equal(readConfig('f', '{"frameworks": {"mocha": true}}').layer.mocha?.enabled, true);
  });
});

describe('a configuration with a fault', () => {
  const faults: readonly (readonly [fault: string, text: string, line: number, message: string, fix: RegExp])[] = [
    [
      'a size that is none',
      '{"swap": 0,\n"memory": "lots"}',
      2,
      'memory: expected a size such as "512 MiB" or "2 GiB", got "lots"',
      /"none"/,
    ],
    [
      'a number where its unit was forgotten',
      '{"memory": 512}',
      1,
      'memory: expected a size, 1 MiB at least (a number alone is bytes), got 512',
      /such a value/,
    ],
    [
      'a negative time',
      '{"timeout": -1}',
      1,
      'timeout: expected a time such as "30s", "500ms" or "2 min", got -1',
      /none/,
    ],
    ['no time at all', '{"timeout": "0s"}', 1, 'timeout: expected a time, from 1 ms to 24 days, got "0s"', /none/],
    [
      'a time beyond what a timer can hold',
      '{"timeout": "1000h"}',
      1,
      'timeout: expected a time, from 1 ms to 24 days, got "1000h"',
      /none/,
    ],
    ['a fraction of a job', '{"jobs": 1.5}', 1, 'jobs: expected a whole number from 1 to 1024, got 1.5', /"auto"/],
    [
      'an unknown word',
      '{"isolation": "module"}',
      1,
      'isolation: expected "test" or "suite" or "file" or "adaptive", got "module"',
      /these words/,
    ],
    ['a mistyped key', '{\n\n"memroy": "1 GiB"}', 3, 'memroy: unknown key', /Did you mean "memory"\?/],
    ['an unknown key', '{"colour": "red"}', 1, 'colour: unknown key', /known here are .*memory/],
    ['a key that is a name of JavaScript', '{"constructor": 1}', 1, 'constructor: unknown key', /known here/],
    ['a key that would change a prototype', '{"__proto__": {}}', 1, '__proto__: unknown key', /known here/],
    ['an unknown framework', '{"frameworks": {"mocah": true}}', 1, 'frameworks.mocah: unknown key', /mean "mocha"/],
    [
      'an override of no files',
      '{"overrides": [\n{"memory": "1 GiB"}]}',
      2,
      'overrides[0]: "files" or "tests" is missing',
      /"files": \[/,
    ],
    [
      'a destructive preset for nobody',
      '{"destructive": [{"preset": "oom"}]}',
      1,
      'destructive[0]: "files" or "tags" is missing',
      /"files": \[/,
    ],
    [
      'tests of an override that are no words',
      '{"overrides": [{"files": "a", "tests": [3], "memory": "1 MiB"}]}',
      1,
      'overrides[0].tests[0]: expected text, got 3',
      /"3"/,
    ],
    [
      'a fault in an override',
      '{"overrides": [{"files": "a", "memory": true}]}',
      1,
      'overrides[0].memory: expected a size such as "512 MiB" or "2 GiB", got true',
      /such a value/,
    ],
    [
      'a command line in one string',
      '{"frameworks": {"command": [{"name": "x", "files": "*.sh", "command": "sh x"}]}}',
      1,
      'frameworks.command[0].command: expected a list such as ["python3", "${file}"], got "sh x"',
      /Split/,
    ],
    [
      'a number in the environment',
      '{"frameworks": {"mocha": {"env": {\n"PORT": 3000}}}}',
      2,
      'frameworks.mocha.env.PORT: expected text, got 3000',
      /"3000"/,
    ],
    [
      'a folder outside the workspace',
      '{"frameworks": {"mocha": {"folders": ["a/../../b"]}}}',
      1,
      'frameworks.mocha.folders[0]: "a/../../b" is outside the workspace folder',
      /below the workspace folder/,
    ],
    [
      'a glob outside the workspace',
      '{"overrides": [{"files": "/etc/*"}]}',
      1,
      'overrides[0].files: "/etc/*" is outside the workspace folder',
      /below the workspace folder/,
    ],
    ['a list where an object belongs', '[]', 1, 'expected an object in braces, got []', /\{ \}/],
    ['nothing in it', ' \n', 1, 'the file is empty; one that says nothing is {}', /remove/],
    ['too many brackets', '['.repeat(100_000), 1, 'not readable: nested too deeply', /brackets/],
  ];

  for (const [fault, text, line, message, fix] of faults) {
    it(`names the place of ${fault}`, () => {
      const { layer, problems } = readConfig('/w/bulkhead.config.json', text);
      assert.deepEqual(
        problems.map(problem => [problem.severity, problem.file, problem.line ?? 1, problem.message]),
        [['error', '/w/bulkhead.config.json', line, message]],
      );
      assert.match(problems[0]?.fix ?? '', fix);
      assert.equal(layer.memory, undefined);
    });
  }

  it('loses nothing of what is valid', () => {
    const text = `{
      "memory": "lots",
      "timeout": "5s",
      "overrides": [{ "files": "a/**", "swap": "lots", "memory": "1 MiB" }, { "files": 3 }, { "files": ["b"], "grace": 5 }],
      "frameworks": { "mocha": { "nodes": "x", "env": { "A": 1, "B": "2" } }, "command": [{}, { "name": "n", "files": "f", "command": ["c"] }] }
    }`;
    const { layer, problems } = readConfig('f', text);
    assert.deepEqual(layer, {
      timeout: 5000,
      overrides: [
        { files: ['a/**'], memory: 1024 ** 2 },
        { files: ['b'], grace: 5 },
      ],
      mocha: { enabled: true, env: { B: '2' } },
      command: [{ name: 'n', files: ['f'], exclude: [], command: ['c'], env: {}, skipCodes: [], verdict: 'exit-code' }],
    });
    assert.deepEqual(
      problems.map(problem => problem.key),
      [
        'memory',
        'overrides[0].swap',
        'overrides[1].files',
        'frameworks.mocha.nodes',
        'frameworks.mocha.env.A',
        'frameworks.command[0]',
        'frameworks.command[0]',
        'frameworks.command[0]',
      ],
    );
  });

  it('keeps what stands around broken JSON', () => {
    const { layer, problems } = readConfig('f', '{\n"memory": "1 GiB"\n"timeout": "5s"}');
    assert.deepEqual(layer, { memory: 1024 ** 3, timeout: 5000 });
    assert.deepEqual(
      problems.map(problem => [problem.line, problem.message]),
      [[3, 'not valid JSON: a comma is missing before this']],
    );
  });

  it('warns of a key that is written twice', () => {
    const { layer, problems } = readConfig('f', '{"memory": "1 GiB",\n"memory": "2 GiB"}');
    assert.equal(layer.memory, 2 * 1024 ** 3);
    assert.deepEqual(
      problems.map(problem => [problem.severity, problem.line, problem.message]),
      [['warning', 2, 'memory: written twice, first at line 1; the last one counts']],
    );
  });

  it('refuses the second of two commands of one name', () => {
    const entry = { name: 'a', files: 'f', command: ['c'] };
    const { layer, problems } = readConfig('f', JSON.stringify({ frameworks: { command: [entry, entry] } }));
    assert.equal(layer.command?.length, 1);
    assert.match(problems[0]?.message ?? '', /two entries have the name "a"/);
  });
});
