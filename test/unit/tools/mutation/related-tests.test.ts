import { expect, it } from 'vitest';
import { relatedTestsAmong } from '../../../../tools/mutation/related-tests.ts';

const related = relatedTestsAmong([
  { path: 'room/a.ts', ours: [] },
  { path: 'room/b.ts', ours: ['room/a.ts', 'room/c.ts'] },
  { path: 'room/c.ts', ours: ['room/b.ts'] },
  { path: 'test/unit/room/a.test.ts', ours: ['room/a.ts'] },
  { path: 'test/unit/room/c.test.ts', ours: ['room/c.ts'] },
  { path: 'test/unit/room/a-under-load.test.ts', ours: ['room/a.ts'] },
  { path: 'test/unit/room/a-long.test.ts', ours: ['room/a.ts'] },
  { path: 'test/unit/other/a.test.ts', ours: ['room/a.ts'] },
  { path: 'test/unit/room/elsewhere.test.ts', ours: [] },
]);

it('finds the tests of the room that import the file, also through others and round a circle', () => {
  expect(related.of('room/a.ts', ['test/unit/room/'])).toEqual([
    'test/unit/room/a.test.ts',
    'test/unit/room/c.test.ts',
  ]);
});

it('finds none for a file that no test imports', () => {
  expect(related.of('room/z.ts', ['test/unit/room/'])).toEqual([]);
});
