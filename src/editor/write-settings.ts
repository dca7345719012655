import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { generated } from './generated-manifest.ts';

interface Manifest {
  contributes: { configuration: { properties: unknown }; languageModelTools: unknown };
}

// Run by hand after a change of the table of settings, or of the tools for agents; a test compares the two.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { properties, tools, texts, isGenerated } = generated();
manifest.contributes.configuration.properties = properties;
manifest.contributes.languageModelTools = tools;
await write('package.json', manifest);

const written = Object.entries(JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>);
const byHand = Object.fromEntries(written.filter(([key]) => !isGenerated(key)));
await write('package.nls.json', { ...byHand, ...texts });

async function write(file: string, content: unknown): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(content), { ...options, filepath: file }));
}
