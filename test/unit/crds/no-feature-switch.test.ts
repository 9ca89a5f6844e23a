import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

/** Words by which products keep functions for those who pay more. */
const switching =
  /edition|licen[cs]|tier|premium|enterprise|professional|feature|entitle|trial|subscription|community|unlock(?!-reason)|paid/i;

/** Names of fields, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) =>
    name === 'properties'
      ? [...Object.keys(value as object), ...fieldsOf(Object.values(value as object))]
      : fieldsOf(value),
  );
}

/** Names of chart values, as paths. */
function valuesOf(values: unknown, at = ''): string[] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [at];
  return Object.entries(values).flatMap(([name, value]) => valuesOf(value, `${at}.${name}`));
}

const documentsIn = (path: string): unknown[] =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as unknown);
const sources = ['crds', 'operator', 'webhook', 'trail', 'saml', 'cli', 'process', 'kube'].flatMap((room) =>
  globSync(`${room}/**/*.ts`, { exclude: ['crds/generated/**'] }),
);

describe('ZH-11 no function depends on an edition or a licence', () => {
  it('the word list finds what it is for', () => {
    for (const name of ['edition', 'licenseKey', 'featureGates', 'enterpriseMode'])
      expect(name).toMatch(switching);
  });

  it('no field of a kind is a switch of functions: editions are the application’s, which a matrix may fit', () => {
    const fields = globSync('crds/manifests/*.yaml').flatMap((path) => fieldsOf(documentsIn(path)));
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter((name) => switching.test(name)).toSorted()).toEqual(['edition', 'editions']);
  });

  it('no value of the chart is one', () => {
    const values = valuesOf(documentsIn('charts/support-access/values.yaml')[0]);
    expect(values.length).toBeGreaterThan(40);
    expect(values.filter((name) => switching.test(name))).toEqual([]);
  });

  it('no flag of a program is one, and so no variable', () => {
    const text = ['operator/config.ts', 'webhook/config.ts'].map((path) => readFileSync(path, 'utf8')).join();
    const names = [...text.matchAll(/^ +'?([\w-]+)'?: \{.*(?:rule|fallback|optional)/gm)].map(
      ([, name = '']) => name,
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => switching.test(name))).toEqual([]);
  });

  it('the edition of an application is asked about by one check, and told by the plugin', () => {
    const asking = sources.filter((path) => /\beditions?\b/i.test(readFileSync(path, 'utf8')));
    expect(asking.filter((path) => !/^(cli|crds\/matrices)\//.test(path)).toSorted()).toEqual([
      'crds/rules/access.ts',
      'crds/rules/checks/application-fits.ts',
      'crds/rules/matrix/compatibility.ts',
      'crds/rules/reasons.ts',
    ]);
  });
});
