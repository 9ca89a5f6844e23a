/** Holds the documentation to the code: ids that comments cite, tests and files that pages name. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../kit/architecture/source-files.ts';
import { complaints, everything } from './sources.ts';

function page(name: string): string {
  return readFileSync(join(root, 'docs', name), 'utf8');
}

/** The ids in the first column of a page's tables. */
function idsOf(name: string): string[] {
  return [...page(name).matchAll(/^\| ([A-Z]\w*-\w+) \|/gm)].map(([, id = '']) => id);
}

/** What a page names in backticks, with its line. */
function namedIn(name: string, pattern: RegExp): string[] {
  return [...page(name).matchAll(/`([^`\n]+)`/g)]
    .map(([, text = '']) => text)
    .filter((text) => pattern.test(text));
}

const cited = /\b(?:(?:CC|EC|C42|OK|ZH)-\d+|T-[A-Z]\d+)\b/g;

describe('ids that comments and test titles cite', () => {
  const known = new Set([...idsOf('requirements.md'), ...idsOf('threats.md')]);

  it('have a row each in docs/requirements.md or docs/threats.md', () => {
    expect(known.size).toBeGreaterThan(60);
    const found = complaints(everything, (file) =>
      [...readFileSync(join(root, file.path), 'utf8').matchAll(cited)]
        .map(([id]) => id)
        .filter((id) => !known.has(id))
        .map((id) => `${file.path} cites ${id}`),
    );
    expect(found).toEqual([]);
  });

  it('stand once in their page', () => {
    const all = [...idsOf('requirements.md'), ...idsOf('threats.md')];
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
  });

  it('of threats are those that are cited', () => {
    const texts = everything.map((file) => readFileSync(join(root, file.path), 'utf8')).join('\n');
    expect(idsOf('threats.md').filter((id) => !texts.includes(id))).toEqual([]);
  });
});

describe('comments', () => {
  it('cite no page that is not here', () => {
    const elsewhere = /\b(security|ecosystem|house|style|design|stack)\.md\b|security notes/;
    const found = complaints(everything, (file) =>
      file.comments
        .filter(({ text }) => elsewhere.test(text.replaceAll('SECURITY.md', '')))
        .map(({ line }) => `${file.path}:${line}`),
    );
    expect(found).toEqual([]);
  });
});

describe('pages', () => {
  it.each(['promises.md', 'requirements.md', 'threats.md'])('%s names tests that exist', (name) => {
    const tests = namedIn(name, /^(unit|integration|e2e|node|architecture|k3s|bench)\//);
    expect(tests.length).toBeGreaterThan(0);
    const missing = tests.filter((path) => globSync(join(root, 'test', `${path}.test.ts`)).length === 0);
    expect(missing).toEqual([]);
  });

  it.each(['layout.md', 'words.md', 'addresses.md', 'masking.md'])('%s names files that exist', (name) => {
    const paths = namedIn(
      name,
      /^(?:crds|kube|process|saml|trail|operator|webhook|cli|charts|examples|docs|test|tools)\/[\w./-]*$/,
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
