/** How large a file or a function may grow, and how small a file may be. */
import { describe, expect, it } from 'vitest';
import { kinds } from './rooms.ts';
import { complaints, everything, folderOf, product } from './sources.ts';

describe('the budgets', () => {
  it('keep every file at 300 lines or fewer', () => {
    const found = everything
      .filter((file) => file.lines > 300)
      .map((file) => `${file.path}: ${file.lines} lines`);
    expect(found).toEqual([]);
  });

  it('keep every function of the product at 60 lines or fewer', () => {
    const found = complaints(product, (file) =>
      file.functions
        .filter((span) => span.lines > 60)
        .map((span) => `${file.path}:${span.line} ${span.name}: ${span.lines} lines`),
    );
    expect(found).toEqual([]);
  });

  it('keep the reconcile functions at 40 lines or fewer', () => {
    const reconciles = product.filter((file) => file.path.endsWith('/reconcile.ts'));
    expect(reconciles.length).toBeGreaterThan(0);
    const found = complaints(reconciles, (file) =>
      file.functions
        .filter((span) => span.lines > 40)
        .map((span) => `${file.path}:${span.line} ${span.name}: ${span.lines}`),
    );
    expect(found).toEqual([]);
  });
});

/** Folders whose files are the entries of a list: each entry is as short as what it says. */
const lists = [
  'crds/matrices',
  'crds/rules/checks',
  'crds/rules/problems',
  'cli/commands',
  'operator/outputs',
  ...kinds.map((kind) => `operator/${kind}`),
  'webhook/gateway/masking/classes',
  'webhook/in-cluster/admission/kinds',
];

/** A list itself, and the first line of a program. */
const shortByNature = /(^|\/)(index|main)\.ts$/;

/** Files that may be short, each with its reason. */
const shortForAReason: Readonly<Record<string, string>> = {
  'crds/rules/request/media-type.ts':
    'what a line of Content-Type says: neither how routes are compiled nor how they are searched',
  'webhook/gateway/sign-in/even-time.ts':
    'when a refusal goes out: neither what is read for it nor what it says',
};

describe('a file of fewer than 25 lines', () => {
  it('is the entry of a list, a list, or the first line of a program', () => {
    const found = product
      .filter((file) => file.lines < 25 && !lists.includes(folderOf(file.path)))
      .map((file) => file.path)
      .filter((path) => !shortByNature.test(path) && !(path in shortForAReason));
    expect(found).toEqual([]);
  });

  it('is excused only while it is there and short', () => {
    const short = product.filter((file) => file.lines < 25).map((file) => file.path);
    expect(Object.keys(shortForAReason).filter((path) => !short.includes(path))).toEqual([]);
  });
});
