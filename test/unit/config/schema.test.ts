import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Field } from '../../../src/config/fields.ts';
import { knownFailuresSchema } from '../../../src/config/known-failures.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { defaults } from '../../../src/config/settings.ts';
import { limitFields } from '../../../src/config/limit-fields.ts';
import { fields } from '../../../src/config/table.ts';
import { frameworkNames } from '../../../src/protocol/settings.ts';

type Node = Readonly<Record<string, unknown>>;

describe('the published schema', () => {
  let published: Node;

  before(async () => {
    published = JSON.parse(await readFile('media/bulkhead.schema.json', 'utf8')) as Node;
  });

  it('is what the table of keys makes it (if not, run node src/config/write-schema.ts)', () => {
    assert.deepEqual(published, configSchema());
  });

  it('of known failures is what their table makes it', async () => {
    assert.deepEqual(JSON.parse(await readFile('media/known-failures.schema.json', 'utf8')), knownFailuresSchema());
  });

  it('has every key of the table and no other', () => {
    assert.deepEqual(Object.keys(published['properties'] as Node), Object.keys(fields));
    const overrides = (published['properties'] as Record<string, Node>)['overrides']?.['items'] as Node;
    assert.deepEqual(Object.keys(overrides['properties'] as Node), ['files', 'tests', ...Object.keys(limitFields)]);
  });

  it('describes every key and forbids unknown ones', () => {
    let objects = 0;
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, additionalProperties } = node as Node;
      if (typeof properties === 'object') {
        objects++;
        assert.equal(additionalProperties, false);
        for (const [key, property] of Object.entries(properties as Record<string, Node>)) {
          assert.match(property['description'] as string, /.{10}/, `${key} has no description`);
        }
      }
      Object.values(node).forEach(walk);
    };
    walk(published);
    // The whole, an override, a destructive entry, the frameworks, each that is found, and a command.
    assert.equal(objects, 5 + frameworkNames.length);
  });
});

describe('the table of keys', () => {
  const written: Readonly<Record<string, Field<unknown>>> = fields;

  for (const [key, { shape, default: standard, examples = [] }] of Object.entries(written)) {
    it(`accepts its own examples of "${key}"`, () => {
      for (const example of standard === undefined ? examples : [standard, ...examples]) {
        const faults: string[] = [];
        shape.read(example, [key], (path, message) => faults.push(`${path.join('.')}: ${message}`));
        assert.deepEqual(faults, [], JSON.stringify(example));
      }
    });
  }

  for (const key of ['jobs', 'overrides', ...Object.keys(limitFields)] as const) {
    it(`shows the default of "${key}" as it is`, () => {
      const field = written[key];
      const value = field?.shape.read(field.default, [key], () => assert.fail('the default is not accepted'));
      assert.deepEqual(value, defaults[key as keyof typeof defaults]);
    });
  }
});
