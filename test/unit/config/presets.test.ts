import assert from 'node:assert/strict';
import { presets, presetsFor } from '../../../src/config/presets.ts';
import { settingsFor } from '../../../src/config/resolve.ts';
import { defaults, type SettingsLayer } from '../../../src/config/settings.ts';

const MiB = 1024 ** 2;
const folder = { name: 'w', path: '/w' };
const oom: SettingsLayer = { destructive: [{ files: ['hog/**'], preset: 'oom' }] };

describe('the presets of destructive tests', () => {
  it('limit what they need enforced', () => {
    for (const { limits, needs } of Object.values(presets)) {
      for (const limit of needs) assert.ok(limit in limits, limit);
    }
  });

  it('hold back the files that match, and no other', () => {
    assert.equal(settingsFor([oom], folder, '/w/hog/a.js').memory, 128 * MiB);
    assert.equal(settingsFor([oom], folder, '/w/tame.js').memory, defaults.memory);
  });

  it('let what fills disks write to nothing that stays, unless its file says otherwise', () => {
    const layer: SettingsLayer = { destructive: [{ files: ['full/**'], preset: 'disk-full' }] };
    const writes = (...layers: SettingsLayer[]) => settingsFor(layers, folder, '/w/full/a.js').workspaceWrites;
    assert.deepEqual([writes(layer), writes(oom)], ['discarded', 'kept']);
    assert.equal(writes({ ...layer, overrides: [{ files: ['full/**'], workspaceWrites: 'kept' }] }), 'kept');
  });

  it('hold back the tests that have a tag, in whatever file, and neither their neighbours nor the listing of their file', () => {
    const layer: SettingsLayer = { destructive: [{ tags: ['@oom'], preset: 'oom' }] };
    const memoryOf = (...titles: string[]) =>
      settingsFor(
        [layer],
        folder,
        '/w/a.js',
        titles.map(title => ({ titlePath: [title] })),
      ).memory;
    assert.equal(memoryOf('wild @oom'), 128 * MiB);
    assert.equal(memoryOf('tame'), defaults.memory);
    assert.equal(memoryOf(), defaults.memory);
    assert.deepEqual(presetsFor([layer], folder, '/w/a.js', [{ titlePath: ['wild @oom'] }]), ['oom']);
  });

  it('tighten what holds for the whole project, and never loosen it', () => {
    const memoryOf = (memory: number | null) => settingsFor([oom, { memory }], folder, '/w/hog/a.js').memory;
    assert.deepEqual([memoryOf(2048 * MiB), memoryOf(null), memoryOf(64 * MiB)], [128 * MiB, 128 * MiB, 64 * MiB]);
    const bomb: SettingsLayer = { nice: 19, destructive: [{ files: ['**'], preset: 'fork-bomb' }] };
    assert.equal(settingsFor([bomb], folder, '/w/a').nice, 19);
    assert.equal(settingsFor([{ ...bomb, nice: 0 }], folder, '/w/a').nice, 10);
  });

  it('give way to a limit that is set for the file itself', () => {
    const layer = { ...oom, overrides: [{ files: ['hog/large.js'], memory: 256 * MiB }] };
    assert.equal(settingsFor([layer], folder, '/w/hog/large.js').memory, 256 * MiB);
    assert.equal(settingsFor([layer], folder, '/w/hog/large.js').processes, 100);
    assert.equal(settingsFor([layer], folder, '/w/hog/a.js').memory, 128 * MiB);
  });

  it('hold together where a file is destructive in two ways', () => {
    const both = [oom, { destructive: [{ files: ['**/a.js'], preset: 'disk-full' as const }] }];
    assert.deepEqual(presetsFor(both, folder, '/w/hog/a.js'), ['oom', 'disk-full']);
    const { memory, disk } = settingsFor(both, folder, '/w/hog/a.js');
    assert.deepEqual([memory, disk], [128 * MiB, 100 * MiB]);
  });
});
