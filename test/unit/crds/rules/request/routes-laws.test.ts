import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';
import { compileRoutes } from '../../../../../crds/rules/request/routes.ts';
import { aRoute, type RouteSpec } from '../../../../kit/objects/application.ts';

/** The specification in the plainest form: every route that fits, and of those the one that a reader would pick. */
function plainly(all: readonly RouteSpec[], method: string, path: string): string | undefined {
  const fitting = all.filter(({ methods, path: template }) => {
    if (!methods.some((each) => each === method)) return false;
    const wanted = template.split('/').slice(1);
    const given = path.split('/').slice(1);
    const rest = wanted.at(-1) === '*';
    if (rest ? given.length < wanted.length : given.length !== wanted.length) return false;
    return wanted.every(
      (segment, at) =>
        segment === '*' || segment === given[at] || (segment.startsWith('{') && given[at] !== ''),
    );
  });
  const rank = (template: string) =>
    template
      .split('/')
      .map((segment) => (segment === '*' ? '2' : segment.startsWith('{') ? '1' : '0'))
      .join('');
  return fitting.toSorted((one, other) => (rank(one.path) < rank(other.path) ? -1 : 1))[0]?.path;
}

describe('generated routes', () => {
  const segment = fc.constantFrom('a', 'b', 'c', '{x}');
  const template = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([segments, rest]) => `/${segments.join('/')}${rest ? '/*' : ''}`);
  const sets = fc
    .uniqueArray(template, { maxLength: 12 })
    .map((all) => all.map((path) => aRoute(`GET ${path}`, 'M: Read')));
  const paths = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 })
    .map((segments) => `/${segments.join('/')}`);

  it('find what a plain reading of the list finds', () => {
    fc.assert(
      fc.property(sets, paths, (all, path) => {
        expect(compileRoutes(all).find('GET', path)?.template).toBe(plainly(all, 'GET', path));
      }),
      { numRuns: 5000 },
    );
  });

  it('find by the short way what the whole search finds, of paths and routes in any spelling', () => {
    const odd = fc.constantFrom('a', 'A', 'ab', 'abc', 'b', 'bc', 'c', 'a.b', 'a%20', '{x}', '7', '_', '');
    const spelled = fc
      .tuple(fc.array(odd, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([segments, rest]) => `/${segments.join('/')}${rest ? '/*' : ''}`)
      .filter((path) => !path.includes('//') && !path.includes('%'));
    const asked = fc
      .array(fc.oneof(odd, fc.constantFrom('x', 'abcd', 'a;b', 'B', 'é')), { minLength: 1, maxLength: 5 })
      .map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(fc.uniqueArray(spelled, { maxLength: 12 }), asked, (all, path) => {
        fc.pre('path' in canonicalPath(path));
        const routes = all.map((each) => aRoute(`GET ${each}`, 'M: Read'));
        // A literal in capitals has the whole search asked for every path.
        const bySearch = compileRoutes([...routes, aRoute('GET /ZZ', 'M: Read')]);
        expect(compileRoutes(routes).find('GET', path)).toEqual(bySearch.find('GET', path));
      }),
      { numRuns: 20_000 },
    );
  });

  it('find the same whatever the order of the list', () => {
    const shuffled = sets.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, paths, ([one, other], path) => {
        expect(compileRoutes(one).find('GET', path)).toEqual(compileRoutes(other).find('GET', path));
      }),
    );
  });
});
