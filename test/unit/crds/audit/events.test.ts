import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { events } from '../../../../crds/audit/events.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

describe('the vocabulary of the records', () => {
  it('holds no type that no program appends', () => {
    // The table of reasons says what a grant that closes, and a refused address, are recorded as.
    const sources = ['operator', 'webhook', 'crds/rules'].flatMap(sourcesBelow).join('\n');
    expect(Object.keys(events).filter((type) => !sources.includes(`'${type}'`))).toEqual([]);
  });
});
