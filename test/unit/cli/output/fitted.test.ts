import { describe, expect, it } from 'vitest';
import { cutTable, fittedTable, labelled, wrapped } from '../../../../cli/output/fitted.ts';
import { createTable } from '../../../../cli/output-table.ts';

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

describe('a table whose rows stay in one line', () => {
  const columns = [
    { title: 'NAME', of: ({ name }: { name: string }) => name },
    { title: 'FROM', of: ({ from }: { from: string }) => from },
  ];
  const rows = [{ name: 'a'.repeat(60), from: '2001:db8::1' }];

  it('cuts the longest cells, and says so by an ellipsis', () => {
    const [, row = ''] = cutTable(columns, rows, 40).split('\n');
    expect(row.length).toBeLessThanOrEqual(40);
    expect(row).toMatch(/^a+… +2001:db8::1$/);
  });

  it('says below how to see what was cut, and nothing where nothing was', () => {
    expect(cutTable(columns, rows, 40)).toMatch(
      /\n… is where the screen is too narrow; -o wide shows all\.\n$/,
    );
    expect(cutTable(columns, rows, 74)).not.toContain('…');
    expect(cutTable(columns, rows, 73)).toContain('…');
  });

  it('cuts nothing where there is no screen, as for what a program reads', () => {
    expect(cutTable(columns, [{ name: 'a'.repeat(600), from: '' }], undefined)).toContain('a'.repeat(600));
  });

  it('cuts nothing where there is room, and no title anywhere', () => {
    expect(cutTable(columns, rows, 200)).toContain('a'.repeat(60));
    expect(cutTable(columns, rows, 1)).toContain('NAME');
  });
});

it('texts behind a label begin under each other', () => {
  expect(labelled('Who', ['ada', 'bob'], { width: 40, column: 6 })).toEqual(['Who   ada', '      bob']);
});

describe('what an object holds', () => {
  const forged = 'a reason\nOpen          yes\r\u2028\u202e\u001b[2K';
  const columns = [
    { title: 'NAME', of: (text: string) => text },
    { title: 'SAYS', of: (text: string) => text },
  ];

  it.each([
    ['a text that is broken', () => wrapped(forged, 200)],
    ['texts behind a label', () => labelled('Grant', [forged], { width: 200, column: 14 })],
    ['a table that goes on in its last column', () => linesOf(fittedTable(columns, [forged], 200)).slice(1)],
    ['a table of cut cells', () => linesOf(cutTable(columns, [forged], 200)).slice(1)],
    ['a table that streams', () => linesOf(createTable(columns).print([forged])).slice(1)],
  ])('begins no line of its own, and moves no cursor, in %s', (_, lines) => {
    const [line = '', ...others] = lines();
    expect(others).toEqual([]);
    expect(line).toContain(String.raw`a reason\u000aOpen`);
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}]/u);
  });

  const linesOf = (table: string): string[] => table.replace(/\n$/, '').split('\n');
});
