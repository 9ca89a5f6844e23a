/** What the rules, and the files that only compute, may not touch. */
import { describe, expect, it } from 'vitest';
import { complaints, product } from './sources.ts';

/** What the rules may import from outside: hashing is arithmetic, and so is an engine of patterns. */
const pureImports = ['node:crypto', 're2js'];

/** Clock, environment, randomness, I/O and timers: none of it in the rules, where `now` is an argument. */
const impure = [
  'process',
  'Date.now',
  'new Date/0',
  'performance',
  'performance.now',
  'Math.random',
  'randomUUID',
  'randomBytes',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'console',
  'globalThis',
  'Intl',
];

/** Outside of crds/, what computes from its arguments alone. */
const pureFiles = [/^operator\/.*\/plan\.ts$/, /^operator\/outputs\//];

const rules = product.filter(({ path }) => path.startsWith('crds/'));

describe('the rules', () => {
  it('import nothing that could reach outside', () => {
    const found = complaints(rules, (file) =>
      file.theirs.filter((name) => !pureImports.includes(name)).map((name) => `${file.path} imports ${name}`),
    );
    expect(found).toEqual([]);
  });

  it('use no clock, environment, randomness or timer', () => {
    const computing = product.filter(({ path }) => pureFiles.some((pattern) => pattern.test(path)));
    expect(computing.length).toBeGreaterThan(0);
    const found = complaints([...rules, ...computing], (file) =>
      impure.filter((name) => file.mentions.has(name)).map((name) => `${file.path} uses ${name}`),
    );
    expect(found).toEqual([]);
  });
});
