import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaults } from '../../../../src/config/settings.ts';
import { testFileLaunch } from '../../../../src/frameworks/prove/launch.ts';
import { proveOptions } from '../../../../src/frameworks/prove/options.ts';

describe('how prove starts a file', () => {
  let root: string;
  let home: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bulkhead-prove-'));
    home = join(root, 'home');
    mkdirSync(home);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const options = (rc: string) => {
    writeFileSync(join(root, '.proverc'), rc);
    return proveOptions(root, home);
  };
  const below = (...names: string[]) => names.map(name => join(root, name));

  it('is with the modules of the folder, where nothing else is said', () => {
    assert.deepEqual(proveOptions(root, home), { includes: [], switches: [], exec: null });
    mkdirSync(join(root, 'lib'));
    mkdirSync(join(root, 'blib/arch'), { recursive: true });
    assert.deepEqual(proveOptions(root, home).includes, below('lib', 'blib/arch'));
  });

  it('is what .proverc says, in all the forms that prove reads', () => {
    assert.deepEqual(options('-I one -Itwo\n# -I none\n-lvr --jobs 9 t xt').includes, below('one', 'two', 'lib'));
    assert.deepEqual(options('-bwI "with space"').includes, below('blib/lib', 'blib/arch', 'with space'));
    assert.deepEqual(options('--lib -wT --state=save').switches, ['-w', '-T']);
    assert.deepEqual(options("--exec 'raku -Ilib'").exec, ['raku', '-Ilib']);
    assert.deepEqual(options('-e "node --test-only"').exec, ['node', '--test-only']);
    assert.deepEqual(options("--exec ''").exec, []);
  });

  it('is what the .proverc of the user says, before that', () => {
    writeFileSync(join(home, '.proverc'), '-Ihome --exec one');
    assert.deepEqual(options('-Iown'), { includes: below('home', 'own'), switches: [], exec: ['one'] });
  });

  const started = (text: string, more: Partial<typeof defaults.tap> = {}) => {
    const file = join(root, 'a.t');
    writeFileSync(file, text, 'latin1');
    const folder = { name: 'f', path: root };
    const project = { id: 'tap:f:.', framework: 'tap', folder, root, label: 't', files: [file], watch: [] };
    const launch = testFileLaunch(project, file, { ...defaults, tap: { ...defaults.tap, ...more } });
    return [launch.file, ...launch.args].map(word => (word === file ? 'FILE' : word));
  };

  it('is by perl, unless its first line names another or it is a program itself', () => {
    assert.deepEqual(started('ok(1);'), ['perl', 'FILE']);
    assert.deepEqual(started('#!/usr/bin/env perl\nok(1);'), ['perl', 'FILE']);
    assert.deepEqual(started('#!/usr/bin/perl -wT\n'), ['perl', '-T', 'FILE']);
    assert.deepEqual(started('#! /bin/sh\necho'), ['/bin/sh', 'FILE']);
    assert.deepEqual(started('#!/usr/bin/env -S node --no-warnings\r\n'), [
      '/usr/bin/env',
      '-S node --no-warnings',
      'FILE',
    ]);
    assert.deepEqual(started('\x7fELF\x02\x01'), ['FILE']);
    assert.deepEqual(started('', { program: '/opt/perl', args: ['-w'] }), ['/opt/perl', '-w', 'FILE']);
  });

  it('may not be known, where the file is gone', () => {
    const folder = { name: 'f', path: root };
    const project = { id: 'tap:f:.', framework: 'tap', folder, root, label: 't', files: [], watch: [] };
    assert.deepEqual(testFileLaunch(project, join(root, 'gone.t'), defaults).args, [join(root, 'gone.t')]);
  });
});
