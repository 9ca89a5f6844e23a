import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
