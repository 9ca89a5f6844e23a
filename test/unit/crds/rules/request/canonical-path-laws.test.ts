import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../../crds/rules/problem.ts';
import { canonicalPath } from '../../../../../crds/rules/request/canonical-path.ts';

describe('a generated request target', () => {
  const text = '/ // . .. %2e %2F %5c %00 %25 %20 %c3%a9 a Z 0 ; \\ ? # % ~ - _ %ef%bc%8e %7e : @ *';
  const pieces = fc.constantFrom(...text.split(' '));
  const targets = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);

  it('that is accepted means to a URL parser exactly what it says', () => {
    fc.assert(
      fc.property(targets, (target) => {
        const result = canonicalPath(target);
        if (isProblem(result)) return;
        const url = new URL(result.target, 'https://application.example');
        expect(url.host).toBe('application.example');
        expect(url.pathname).toBe(result.path);
        expect(canonicalPath(result.target)).toEqual(result);
        expect(url.hash).toBe('');
      }),
      { numRuns: 20_000 },
    );
  });

  it('that is accepted has, once decoded, no more segments than before, and none of dots', () => {
    fc.assert(
      fc.property(targets, (target) => {
        const result = canonicalPath(target);
        if (isProblem(result)) return;
        const segments = decodeURIComponent(result.path).normalize('NFKC').split(/[/\\]/);
        expect(segments.length).toBe(result.path.split('/').length);
        expect(segments).not.toContain('.');
        expect(segments).not.toContain('..');
      }),
      { numRuns: 20_000 },
    );
  });
});
