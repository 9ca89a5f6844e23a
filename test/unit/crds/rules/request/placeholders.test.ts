import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeholdersIn, placeholderValues } from '../../../../../crds/rules/request/placeholders.ts';

describe('the placeholders of a route', () => {
  it('are named in the order of the path', () => {
    expect(placeholdersIn('/jobs/{id}/log/{line}/*')).toEqual(['id', 'line']);
    expect(placeholdersIn('/jobs')).toEqual([]);
  });

  it('have the values that stand in the request, decoded, and only those that are asked for', () => {
    const values = (...names: string[]) =>
      placeholderValues('/jobs/{id}/log/{line}/*', '/jobs/a%20b/log/7/x/y', names);
    expect(values('id', 'line')).toEqual({ id: 'a b', line: '7' });
    expect(values('line')).toEqual({ line: '7' });
    expect(values('other')).toEqual({});
  });

  it('have no value where the path ends before them', () => {
    expect(placeholderValues('/jobs/{id}', '/jobs', ['id'])).toEqual({});
  });

  it('come back as they were put in, whatever they are', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((text) => text.replaceAll(/[\ud800-\udfff/]/g, '') || 'x');
    fc.assert(
      fc.property(segment, segment, (id, line) => {
        const path = `/jobs/${encodeURIComponent(id)}/log/${encodeURIComponent(line)}`;
        expect(placeholderValues('/jobs/{id}/log/{line}', path, ['id', 'line'])).toEqual({ id, line });
      }),
    );
  });
});
