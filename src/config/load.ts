import { join } from 'node:path';
import { loadDocument, readDocument } from './read-document.ts';
import { type Reading, readSettings } from './reading.ts';

export const configName = 'bulkhead.config.json';

/** The project's file. */
export async function loadConfig(folder: string): Promise<Reading> {
  const { value, problems } = await loadDocument(join(folder, configName), readSettings);
  return { layer: value ?? {}, problems };
}

export function readConfig(file: string, text: string): Reading {
  const { value, problems } = readDocument(file, text, readSettings);
  return { layer: value ?? {}, problems };
}
