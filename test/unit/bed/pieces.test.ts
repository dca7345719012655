import assert from 'node:assert/strict';
import { globSync } from 'tinyglobby';
import { allLayers, namedSpecs, type Piece, piecesOf } from '../../bed/pieces.ts';
import { repository } from '../../bed/places.ts';

/** What a piece runs, by its command line. */
const specsIn = ({ args }: Piece) => args.filter(word => word.endsWith('.test.ts'));

describe('the pieces of the layers of tests', () => {
  it('have every spec once, but for those that are bundled for the extension host', () => {
    const specs = piecesOf(allLayers).flatMap(specsIn).sort();
    const layers = 'test/{unit,engine,keeper,ui,windows,kernels}/**/*.test.ts';
    assert.deepEqual(specs, globSync(layers, { cwd: repository }).sort());
  });

  it('begin with the longest, and end with those that nothing runs beside', () => {
    const pieces = piecesOf(['unit', 'engine', 'keeper']);
    const alone = pieces.filter(piece => piece.alone);
    assert.ok(alone.length > 0);
    assert.deepEqual(pieces.slice(-alone.length), alone);
    for (const piece of alone) assert.equal(specsIn(piece).length, 1, piece.name);
    assert.equal(pieces[0]?.name, 'test/engine/faults/faults.test.ts');
  });

  it('are told apart by names that exist', () => {
    const names = new Set(piecesOf(allLayers).map(piece => piece.name));
    assert.deepEqual(
      namedSpecs.filter(name => !names.has(name)),
      [],
    );
  });
});
