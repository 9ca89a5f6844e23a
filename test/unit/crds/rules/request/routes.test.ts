import { describe, expect, it } from 'vitest';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';
import { compileRoutes, routeConflicts } from '../../../../../crds/rules/request/routes.ts';
import { aRoute } from '../../../../kit/objects/application.ts';

const routes = [
  aRoute('GET /', 'Home: Read'),
  aRoute('GET /jobs', 'Jobs: Read'),
  aRoute('GET,POST /jobs/new', 'Jobs: Create'),
  aRoute('GET /jobs/{id}', 'Jobs: Read'),
  aRoute('DELETE /jobs/{id}', 'Jobs: Delete'),
  aRoute('POST /jobs/{id}/run', 'Jobs: Run'),
  aRoute('GET /jobs/{id}/log/{line}', 'Jobs/Job Log: Read'),
  aRoute('HEAD /reports', 'Reports: Probe'),
  aRoute('GET /reports', 'Reports: Read'),
  aRoute('GET /static/*', 'Static: Read'),
  aRoute('GET /settings/', 'Settings: Read'),
];
const table = compileRoutes(routes);

describe('the routes of an application', () => {
  const found: Readonly<Record<string, [request: string, template: string | undefined]>> = {
    'find the root': ['GET /', '/'],
    'find a static path': ['GET /jobs', '/jobs'],
    'find a static segment before a placeholder': ['GET /jobs/new', '/jobs/new'],
    'find a placeholder': ['GET /jobs/42', '/jobs/{id}'],
    'take a placeholder where the static segment leads nowhere': ['POST /jobs/new/run', '/jobs/{id}/run'],
    'find two placeholders': ['GET /jobs/42/log/7', '/jobs/{id}/log/{line}'],
    'tell methods apart': ['DELETE /jobs/42', '/jobs/{id}'],
    'find a rest of one segment': ['GET /static/app.js', '/static/*'],
    'find a rest of many segments': ['GET /static/a/b/c', '/static/*'],
    'find an empty rest': ['GET /static/', '/static/*'],
    'find a path that ends in a slash where the route does': ['GET /settings/', '/settings/'],
    'give HEAD what GET means': ['HEAD /jobs/42', '/jobs/{id}'],
    'give HEAD a meaning of its own where one is listed': ['HEAD /reports', '/reports'],
    'know no other method': ['PUT /jobs/42', undefined],
    'know no method in lower case': ['get /jobs', undefined],
    'know no TRACE': ['TRACE /jobs', undefined],
    'know no path that is not listed': ['GET /admin', undefined],
    'know no path below a listed one': ['GET /jobs/42/secrets', undefined],
    'know no path above a rest': ['GET /static', undefined],
    'know no empty placeholder': ['POST /jobs//run', undefined],
    'know no path without a slash at the beginning': ['GET jobs', undefined],
    'know no slash at the end where the route has none': ['GET /jobs/', undefined],
    'know no missing slash where the route has one': ['GET /settings', undefined],
    'know no other letter case': ['GET /Jobs', undefined],
    'do not take another letter case for a placeholder': ['GET /jobs/NEW', undefined],
    'do not read a template as a path': ['GET /jobs/{id}', '/jobs/{id}'],
  };
  for (const [title, [request, template]] of Object.entries(found)) {
    it(title, () => {
      const [method = '', path = ''] = request.split(' ');
      expect(table.find(method, path)?.template).toBe(template);
    });
  }

  it('say module, sub-module and action of what they find', () => {
    expect(table.find('GET', '/jobs/42/log/7')).toEqual({
      name: 'GET /jobs/{id}/log/{line}',
      module: 'Jobs',
      subModule: 'Job Log',
      action: 'Read',
      template: '/jobs/{id}/log/{line}',
    });
    expect(table.find('HEAD', '/reports')?.action).toBe('Probe');
  });

  it('of another method leave GET as it is', () => {
    const people = compileRoutes([
      aRoute('POST /users', 'Users: Create'),
      aRoute('GET /{name}', 'Pages: Read'),
    ]);
    expect(people.find('GET', '/users')?.template).toBe('/{name}');
    expect(people.find('GET', '/Users')?.template).toBe('/{name}');
    expect(people.find('HEAD', '/Users')?.template).toBe('/{name}');
  });

  it('are none where none are written', () => {
    expect(compileRoutes([]).find('GET', '/')).toBeUndefined();
  });
});

describe('a lenient application behind the gateway', () => {
  const wide = compileRoutes([
    aRoute('GET,POST /*', 'Everything: Read'),
    aRoute('POST /jobs/{id}/delete', 'Jobs: Delete'),
    aRoute('POST /admin', 'Admin: Save'),
    aRoute('POST /reports/', 'Reports: Save'),
  ]);

  it.each([
    '/users/%40me',
    '/users/%40Me',
    '/users/@ME',
    '/users/%EF%BC%A0me',
    '/jobs%3Apurge',
    '/tas%E2%84%AAs',
  ])('gives %s no milder meaning than the route that an application would serve', (path) => {
    const lenient = compileRoutes([
      aRoute('GET /users/@me', 'Account: Change'),
      aRoute('GET /users/{id}', 'Users: Read'),
      aRoute('GET /jobs:purge', 'Jobs: Purge'),
      aRoute('GET /tasks', 'Tasks: Purge'),
      aRoute('GET /{page}', 'Pages: Read'),
      aRoute('GET /*', 'Pages: Read'),
    ]);
    expect(canonicalPath(path)).toMatchObject({ path });
    expect(lenient.find('GET', path)).toBeUndefined();
    expect(lenient.find('GET', '/users/ada%40example.org')?.template).toBe('/users/{id}');
  });

  it('is not asked with another letter case of a route, under what the rest means', () => {
    expect(wide.find('POST', '/Jobs/42/delete')).toBeUndefined();
    expect(wide.find('POST', '/jobs/42/DELETE')).toBeUndefined();
    expect(wide.find('POST', '/ADMIN')).toBeUndefined();
  });

  it('is not asked with a slash more or less than a route, under what the rest means', () => {
    expect(wide.find('POST', '/admin/')).toBeUndefined();
    expect(wide.find('POST', '/jobs/42/delete/')).toBeUndefined();
    expect(wide.find('POST', '/reports')).toBeUndefined();
  });

  it('is asked with everything else under what the rest means', () => {
    expect(wide.find('POST', '/search')?.module).toBe('Everything');
    expect(wide.find('GET', '/jobs/42')?.module).toBe('Everything');
  });
});

describe('routes that mean the same requests', () => {
  const pair = [
    aRoute('GET,POST /jobs/{id}', 'Jobs: Read'),
    aRoute('POST /jobs/{number}', 'Jobs: Run'),
    aRoute('GET /jobs/{id}/log', 'Jobs: Read'),
  ];

  it('are reported with the method and both places', () => {
    expect(routeConflicts(pair)).toEqual([{ method: 'POST', first: 0, second: 1 }]);
  });

  it('have no meaning at all under that method, and keep it under the others', () => {
    const ambiguous = compileRoutes(pair);
    expect(ambiguous.find('POST', '/jobs/42')).toBeUndefined();
    expect(ambiguous.find('GET', '/jobs/42')?.action).toBe('Read');
    expect(ambiguous.find('HEAD', '/jobs/42')?.action).toBe('Read');
  });

  it('leave HEAD without a meaning where it would be that of an ambiguous GET', () => {
    const ambiguous = compileRoutes([aRoute('GET /a', 'A: Read'), aRoute('GET /a', 'B: Read')]);
    expect(ambiguous.find('HEAD', '/a')).toBeUndefined();
  });

  it('are not a static route beside a placeholder, nor a rest beside either', () => {
    const fine = [
      aRoute('GET /a/b', 'A: Read'),
      aRoute('GET /a/{x}', 'B: Read'),
      aRoute('GET /a/*', 'C: Read'),
    ];
    expect(routeConflicts(fine)).toEqual([]);
  });

  it('may be three, each reported against the first', () => {
    const three = ['x', 'y', 'z'].map((name) => aRoute(`GET /{${name}}`, 'A: Read'));
    expect(routeConflicts(three)).toEqual([
      { method: 'GET', first: 0, second: 1 },
      { method: 'GET', first: 0, second: 2 },
    ]);
  });
});
