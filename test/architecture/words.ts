/** Holds names and comments to docs/words.md: one word for one thing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../kit/architecture/source-files.ts';
import { complaints, everything } from './sources.ts';

interface Words {
  readonly nowhere: readonly string[];
  readonly notInNames: readonly string[];
}

/** The third and fourth column of the table. */
function wordsNoLongerSaid(): Words {
  const rows = readFileSync(join(root, 'docs/words.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| word |'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const column = (index: number) => [
    ...new Set(rows.flatMap((cells) => (cells[index] ?? '').split(',').map((word) => word.trim()))),
  ];
  return { nowhere: column(3).filter(Boolean), notInNames: column(4).filter(Boolean) };
}

const { nowhere, notInNames } = wordsNoLongerSaid();

function pattern(words: readonly string[]): RegExp {
  return new RegExp(`\\b(${words.join('|')})s?\\b`, 'i');
}

/** `openRecordsFile` and `records/sqlite-source.ts` as words. */
function inWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[-_./]/g, ' ');
}

describe('words that are no longer said', () => {
  it('are read from docs/words.md', () => {
    expect(nowhere).toEqual(expect.arrayContaining(['fact', 'surface', 'door', 'nobody']));
    expect(notInNames).toEqual(expect.arrayContaining(['answer', 'later']));
  });

  const inNames = pattern([...nowhere, ...notInNames]);

  it('are in no name of a file', () => {
    const found = everything.map((file) => file.path).filter((path) => inNames.test(inWords(path)));
    expect(found).toEqual([]);
  });

  it('are in no name of an exported type or function', () => {
    const found = complaints(everything, (file) =>
      file.exports
        .filter(({ name, kind }) => kind !== 'value' && inNames.test(inWords(name)))
        .map(({ name }) => `${file.path} exports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('are in no comment', () => {
    const inComments = pattern(nowhere);
    const found = complaints(everything, (file) =>
      file.comments.flatMap(({ line, text }) => {
        const word = inComments.exec(text)?.[0];
        return word === undefined ? [] : [`${file.path}:${line} says "${word}"`];
      }),
    );
    expect(found).toEqual([]);
  });
});
