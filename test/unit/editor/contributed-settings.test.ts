import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Field } from '../../../src/config/fields.ts';
import { fields } from '../../../src/config/table.ts';
import { generated } from '../../../src/editor/generated-manifest.ts';
import { contributedSettings, settingKeys } from '../../../src/editor/contributed-settings.ts';

interface Manifest {
  readonly contributes: { readonly configuration: { readonly properties: unknown } };
}

const table: Readonly<Record<string, Field<unknown>>> = fields;

describe('settings of the editor', () => {
  it('are in package.json as the table of settings has them', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const expected: unknown = JSON.parse(JSON.stringify(generated().properties));
    assert.deepEqual(manifest.contributes.configuration.properties, expected, 'run: npm run schema');
  });

  it('are not set by default, so that the project decides', () => {
    for (const [key, { default: value }] of Object.entries(contributedSettings())) {
      if (key === 'bulkhead.statusBar') continue; // No project says anything about the window.
      assert.ok(value === '' || value === null || (Array.isArray(value) && value.length === 0), key);
    }
  });

  it('accept every written example and default of the table', () => {
    for (const key of settingKeys) {
      const { pattern, enum: words } = contributedSettings()[`bulkhead.${key}`] as {
        pattern?: string;
        enum?: string[];
      };
      const examples = [table[key]?.default, ...(table[key]?.examples ?? [])].filter(
        example => typeof example === 'string',
      );
      for (const example of examples) {
        if (pattern !== undefined) assert.match(example, new RegExp(pattern), key);
        if (words) assert.ok(words.includes(example), key);
      }
    }
  });

  it('let only the machine or a trusted workspace name a program', () => {
    assert.equal(contributedSettings()['bulkhead.node']?.['scope'], 'machine-overridable');
  });

  it('let no workspace allow its own destructive tests', () => {
    assert.equal(contributedSettings()['bulkhead.allowDestructive']?.['scope'], 'machine');
    assert.ok(!settingKeys.includes('destructive'));
  });
});
