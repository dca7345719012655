import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { contributedSettings } from './contributed-settings.ts';
import { contributedTools } from './contributed-tools.ts';

interface Manifest {
  contributes: { configuration: { properties: unknown }; languageModelTools: unknown };
}

// Run by hand after a change of the table of settings, or of the tools for agents; a test compares the two.
const file = 'package.json';
const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
manifest.contributes.configuration.properties = contributedSettings();
manifest.contributes.languageModelTools = contributedTools();
const options = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(manifest), { ...options, filepath: file }));
