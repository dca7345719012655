import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { knownFailuresSchema } from './known-failures.ts';
import { configSchema } from './schema.ts';
import type { JsonSchema } from './shapes.ts';

// Run by hand after a change of the tables; a test compares them.
await write('media/bulkhead.schema.json', configSchema());
await write('media/known-failures.schema.json', knownFailuresSchema());

async function write(file: string, schema: JsonSchema): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(schema), { ...options, filepath: file }));
}
