import { expect, it } from 'vitest';
import { fittedTable, wrapped } from '../../../../cli/output/fitted.ts';

it('breaks at spaces, indents what follows, and leaves a long word whole', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('one two three', 8, '  ')).toEqual(['one two', '  three']);
  expect(wrapped('https://support.example.com/x y', 10, '  ')).toEqual([
    'https://support.example.com/x',
    '  y',
  ]);
  expect(wrapped('', 10)).toEqual(['']);
});

it('keeps a table within the screen by going on in its last column', () => {
  const columns = [
    { title: 'WHAT', of: ([what]: readonly string[]) => what ?? '' },
    { title: 'SAYS', of: ([, says]: readonly string[]) => says ?? '' },
  ];
  const rows = [
    ['kinds', 'seven of them are established and served'],
    ['x', ''],
  ];
  expect(fittedTable(columns, rows, 34)).toBe(
    ['WHAT    SAYS', 'kinds   seven of them are', '        established and served', 'x       -', ''].join(
      '\n',
    ),
  );
});
