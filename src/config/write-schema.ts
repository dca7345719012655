import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { configSchema } from './schema.ts';

// Run by hand after a change of the table; a test compares the two.
const file = 'media/bulkhead.schema.json';
const options = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(configSchema()), { ...options, filepath: file }));
