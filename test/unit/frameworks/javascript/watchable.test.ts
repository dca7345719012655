import assert from 'node:assert/strict';
import { watchableGlob } from '../../../../src/frameworks/javascript/watchable.ts';

describe('a glob for the watcher of an editor', () => {
  const cases: Readonly<Record<string, string>> = {
    'test/**/*.js': 'test/**/*.js',
    '**/*.{test,spec}.?(c|m)[jt]s?(x)': '**/*.{test,spec}.*[jt]s*',
    '**/?(*.)+(spec|test).[jt]s?(x)': '**/*{spec,test}.[jt]s*',
    'src/{a,{b,c}}/*.js': 'src/*/*.js',
    '**/@(unit)/*.!(d).ts': '**/unit/*.*.ts',
  };
  for (const [glob, watched] of Object.entries(cases)) {
    it(`takes the place of ${glob}`, () => assert.equal(watchableGlob(glob), watched));
  }
});
