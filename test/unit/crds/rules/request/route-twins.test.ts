import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';
import { compileRoutes, routeConflicts } from '../../../../../crds/rules/request/routes.ts';
import { aRoute, type RouteSpec } from '../../../../kit/objects/application.ts';

const cases = [
  aRoute('GET /cases', 'Cases: Read'),
  aRoute('GET /cases/{id}', 'Cases: Read'),
  aRoute('GET /cases/export', 'Cases: Export'),
  aRoute('GET /cases/export/all', 'Cases: Export all'),
  aRoute('GET /cases/{id}/{file}', 'Cases: Read a file'),
  aRoute('GET /cases/{id}/history', 'Cases: Read history'),
  aRoute('GET /files/*', 'Files: Read'),
  aRoute('GET /files/{name}/secret', 'Files: Read secrets'),
];
const table = compileRoutes(cases);

/** What an application may drop at the end of a segment. */
const dropped = [
  '.csv',
  '.CSV',
  '.tar.gz',
  '.',
  '...',
  '%20',
  '+',
  '%20.csv',
  '%C2%A0',
  '%E3%80%80',
  '%C2%AD',
  '%E2%80%8B',
  '%EF%BB%BF',
  '%E2%80%8F',
  '%F3%A0%80%A0',
  '%E2%A0%80',
  ':csv',
  '::$DATA',
  '!delete',
  '()',
  '(1)',
  ',csv',
  '&format=csv',
  '=csv',
  '*',
  '|',
  '$csv',
  '%22',
];

describe('a twin of a route', () => {
  it.each(dropped)(
    'T-P1 that ends in %s means its sibling, and never the milder placeholder alone',
    (end) => {
      const path = `/cases/export${end}`;
      expect(canonicalPath(path)).toMatchObject({ path });
      const route = table.find('GET', path);
      expect([route?.action, route?.also?.map(({ action }) => action)]).toEqual(['Export', ['Read']]);
    },
  );

  it.each(['/cases/%20export', '/cases/.export', '/cases/ex%C2%ADport', '/cases/%E2%80%8Bexport'])(
    'that is %s means its sibling too',
    (path) => expect(table.find('GET', path)?.action).toBe('Export'),
  );

  it.each([
    '/cases/EXPORT.csv',
    '/cases/Export%20',
    '/cases/%EF%BC%A5xport',
    '/cases/export%CC%81',
    '/cases/export%C2%AD/ALL',
    '/cases/%20',
  ])('in another letter case or form, %s, means nothing', (path) =>
    expect(table.find('GET', path)).toBeUndefined(),
  );

  it('means the sibling at every depth, and where only a rest stands beside it', () => {
    expect(table.find('GET', '/cases/export.csv/all')?.action).toBe('Export all');
    expect(table.find('GET', '/cases/export/all.csv')?.action).toBe('Export all');
    expect(table.find('GET', '/cases/7/history.csv')?.action).toBe('Read history');
    expect(table.find('GET', '/files/a/secret.txt')).toMatchObject({
      action: 'Read secrets',
      also: [{ action: 'Read' }],
    });
    expect(table.find('HEAD', '/cases/export.csv')?.action).toBe('Export');
  });

  it('is no route where its exact path has none', () => {
    expect(compileRoutes([aRoute('GET /cases', 'Cases: Read')]).find('GET', '/cases.csv')).toBeUndefined();
  });

  it('is not seen in what only begins or looks alike', () => {
    for (const path of [
      '/cases/exports',
      '/cases/exporter.csv',
      '/cases/my-export',
      '/cases/42.csv',
      '/files/a/b.txt',
    ])
      expect(table.find('GET', path), path).toMatchObject({ action: expect.stringMatching(/^Read$/) });
    expect(table.find('GET', '/cases/export')).not.toHaveProperty('also');
  });

  const segment = fc.constantFrom('a', 'b', '{x}');
  const template = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([segments, rest]) => `/${segments.join('/')}${rest ? '/*' : ''}`);
  const sets = fc
    .uniqueArray(template, { maxLength: 10 })
    .map((all) => all.map((path) => aRoute(`GET ${path}`, `${path}: Read`)));
  const paths = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', ...dropped)), {
    minLength: 1,
    maxLength: 4,
  });

  it('means, beside what is exact, whatever its stems mean, over generated routes', () => {
    fc.assert(
      fc.property(sets, paths, (all, segments) => {
        const routes = compileRoutes(all);
        const exact = routes.find('GET', `/${segments.map(([stem, end]) => stem + end).join('/')}`);
        const stems = routes.find('GET', `/${segments.map(([stem]) => stem).join('/')}`);
        if (exact === undefined || stems === undefined) return;
        const meanings = [exact, ...(exact.also ?? [])].map(({ template: path }) => path);
        expect(meanings).toContain(stems.template);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes no time to speak of, however long the path and whatever it ends in', () => {
    const began = performance.now();
    for (const end of ['.'.repeat(8000), '.a'.repeat(4000), '%20'.repeat(2600), '/a.b'.repeat(2000)])
      table.find('GET', `/cases/export${end}`);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

const demanding = (request: string, meaning: string, query: NonNullable<RouteSpec['query']>): RouteSpec => ({
  ...aRoute(request, meaning),
  name: `${request} ${JSON.stringify(query)}`,
  query,
});

describe('a route that demands parameters', () => {
  const routes = [
    aRoute('GET /cases', 'Cases: Read'),
    demanding('GET /cases', 'Cases: Export', [{ name: 'action', value: 'export' }]),
    demanding('GET /cases', 'Cases: Export all', [
      { name: 'action', value: 'export' },
      { name: 'scope', value: 'all' },
    ]),
    demanding('GET /cases', 'Cases: Print', [{ name: 'print' }]),
    demanding('POST /cases/{id}', 'Cases: Delete', [{ name: '_method', value: 'DELETE' }]),
    aRoute('POST /cases/{id}', 'Cases: Save'),
    { ...aRoute('POST /notes/{id}', 'Notes: Change'), methodParameter: 'Allowed' as const },
  ];
  const byQuery = compileRoutes(routes);
  const meaning = (query: string | undefined, request = 'GET /cases'): string | undefined => {
    const [method = '', path = ''] = request.split(' ');
    const route = byQuery.find(method, path, { query });
    return route && [route, ...(route.also ?? [])].map(({ action }) => action).join(' and ');
  };

  it.each([
    [undefined, 'Read'],
    ['', 'Read'],
    ['action=list', 'Read'],
    ['action=export', 'Export'],
    ['x=1&action=export', 'Export'],
    ['%61ction=%65xport', 'Export'],
    ['scope=all', 'Read'],
    ['scope=all&action=export', 'Export all'],
    ['print', 'Print'],
    ['print=yes', 'Print'],
    ['print=1&action=export', 'Export and Print'],
    ['q=M%FCller', 'Read'],
  ])('is meant by the query %j: %s', (query, action) => {
    expect(meaning(query)).toBe(action);
  });

  it.each([
    'action=list&action=export',
    'action=export&action=list',
    'Action=export',
    'action[]=export',
    'action=EXPORT',
    'action=export%20',
    'act%C2%ADion=export',
    'action=%FFexport',
    'x=1;action=export',
    'action=export;x=1',
    '.print=1'.replace('.', '%20'),
  ])('has no single meaning, and so none, where two readers differ about %s', (query) => {
    expect(meaning(query)).toBeUndefined();
    expect(byQuery.explain('GET', '/cases', { query })).toContain('A parameter that a route demands');
  });

  it.each([
    '_method=DELETE',
    '_METHOD=delete',
    'x=1&%5Fmethod=PUT',
    '.method=PUT',
    '%5Bmethod=PUT',
    '_method[]=PUT',
    'a=1;_method=PUT',
    'X-HTTP-Method-Override=PUT',
    'methodOverride=PUT',
    '_method_override=PUT',
    'httpMethodOverride=PUT',
    '_meth%FFod=PUT',
  ])('is the only one that %s passes by', (query) => {
    expect(meaning(query)).toBeUndefined();
    expect(meaning(query, 'POST /cases/7')).toBe(query === '_method=DELETE' ? 'Delete' : undefined);
    expect(meaning(query, 'POST /notes/7')).toBe('Change');
    expect(byQuery.explain('GET', '/cases', { query })).toMatch(
      /^The parameter .* changes the method; a route names it/,
    );
  });

  it('leaves alone what only speaks of methods', () => {
    expect(meaning('method=visa&payment_method=x', 'POST /cases/7')).toBe('Save');
    expect(byQuery.explain('GET', '/cases', { query: 'method=visa' })).toBeUndefined();
  });

  it('conflicts with another only where both demand the same', () => {
    expect(routeConflicts(routes)).toEqual([]);
    const twice = [...routes, demanding('GET /cases', 'Cases: Other', [{ name: 'print' }])];
    expect(routeConflicts(twice)).toEqual([{ method: 'GET', first: 3, second: 7 }]);
    expect(compileRoutes(twice).find('GET', '/cases', { query: 'print' })).toBeUndefined();
    expect(compileRoutes(twice).find('GET', '/cases', { query: 'action=export' })?.action).toBe('Export');
  });

  it('is found whatever the order of the list, and never milder than a route that demands less', () => {
    const queries = fc
      .subarray(['action=export', 'scope=all', 'print=1', 'x=1'])
      .map((parts) => parts.join('&'));
    fc.assert(
      fc.property(fc.shuffledSubarray(routes, { minLength: routes.length }), queries, (shuffled, query) => {
        const one = compileRoutes(shuffled).find('GET', '/cases', { query });
        expect(one?.action).toBe(byQuery.find('GET', '/cases', { query })?.action);
      }),
    );
  });
});
