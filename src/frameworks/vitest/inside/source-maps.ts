import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mapsName } from '../../../protocol/coverage.ts';
import type { TestProject } from './user-vitest.ts';

/** Newer vitest runs code without a source map in it; Vite, in the main process, has the maps of all that it has transformed. */
export function saveSourceMaps({ vite }: TestProject, folder: string): void {
  const maps: Record<string, object> = {};
  for (const { moduleGraph } of Object.values(vite.environments ?? {})) {
    for (const { file, transformResult } of moduleGraph.idToModuleMap.values()) {
      if (file && transformResult?.map && !file.includes('/node_modules/'))
        maps[pathToFileURL(file).href] = transformResult.map;
    }
  }
  writeFileSync(join(folder, mapsName), JSON.stringify(maps), { mode: 0o600 });
}
