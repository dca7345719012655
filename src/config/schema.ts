import { objectSchema } from './fields.ts';
import type { JsonSchema } from './shapes.ts';
import { fields } from './table.ts';

/** What `media/bulkhead.schema.json` holds: the description of `bulkhead.config.json` for editors. */
export function configSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Bulkhead',
    description: 'How Bulkhead runs the tests of this workspace folder.',
    allowComments: true,
    allowTrailingCommas: true,
    ...objectSchema(fields),
  };
}
