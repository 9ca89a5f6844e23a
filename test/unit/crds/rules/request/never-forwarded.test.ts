import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isNeverForwarded, neverForwarded } from '../../../../../crds/rules/request/never-forwarded.ts';
import { readManifests, storedSchema } from '../../../../../tools/generate/manifests.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));

/** The pattern of each list in the manifest. */
function patterns(): RegExp[] {
  const found = readManifests(root).find(
    ({ definition }) => definition.spec.names.kind === 'SupportApplication',
  );
  const spec = found && storedSchema(found.definition).properties?.['spec'];
  const lists = Object.values(spec?.properties?.['forwardHeaders']?.properties ?? {});
  const rules = lists.flatMap(({ items }) => items?.['x-kubernetes-validations'] ?? []);
  return rules.flatMap(({ rule }) => {
    const pattern = /^!self\.lowerAscii\(\)\.matches\('(.*)'\)$/.exec(rule.trim())?.[1];
    return pattern === undefined ? [] : [new RegExp(pattern)];
  });
}

const names = [
  'Authorization',
  'X-Api-Key',
  'WWW-Authenticate',
  'X-Job-Id',
  'Tenant',
  'X-Methods',
  'Sect',
  'Terms',
];

describe('headers that no application may ask for', () => {
  it('are the same in the manifest and at the gateway, entry by entry', () => {
    const both = patterns();
    expect(both).toHaveLength(2);
    const tried = neverForwarded.flatMap((entry) => [entry, `${entry}x`]);
    for (const name of [...tried, ...names.map((each) => each.toLowerCase())])
      for (const pattern of both) expect([name, pattern.test(name)]).toEqual([name, isNeverForwarded(name)]);
  });

  it.each([
    'X-Forwarded-User',
    'IMPERSONATE-USER',
    'Cookie',
    'x_api_key',
    'X-HTTP-Method-Override',
    'Sec-Fetch-Site',
    'TE',
  ])('have %s among them, in whatever case', (name) => {
    expect(isNeverForwarded(name)).toBe(true);
  });

  it.each(names)('do not have %s among them', (name) => {
    expect(isNeverForwarded(name)).toBe(false);
  });
});
