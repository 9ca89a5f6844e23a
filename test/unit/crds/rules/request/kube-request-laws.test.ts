import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../../../../../crds/rules/problem.ts';
import { kubeRequestOf } from '../../../../../crds/rules/request/kube-request.ts';
import { writtenRequests } from '../../../../kit/objects/kube-paths.ts';

/** The same path with some of its letters encoded, as every reader must take for the same. */
const encodedOtherwise = (target: string): string => {
  const [path = '', ...query] = target.split('?');
  const encoded = path.replaceAll(
    /(?<!%[0-9A-Fa-f]?)[aeiou]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return [encoded, ...query].join('?');
};

describe('the reading of a request to the Kubernetes API', () => {
  it('is the same for every way to encode the same path', () => {
    fc.assert(
      fc.property(writtenRequests, ({ method, target }) => {
        const [one, other] = [target, encodedOtherwise(target)].map((each) => kubeRequestOf(method, each));
        expect(other !== undefined && isProblem(other)).toBe(one !== undefined && isProblem(one));
        if (one !== undefined && !isProblem(one)) expect(other).toEqual(one);
      }),
    );
  });

  it('never reads a request to the objects of one namespace as one of another, whatever the query says', () => {
    fc.assert(
      fc.property(writtenRequests, fc.string(), ({ method, target }, more) => {
        const [path = ''] = target.split('?');
        const [bare, asked] = [path, `${path}?${encodeURIComponent(more)}&namespace=other`].map((each) =>
          kubeRequestOf(method, each),
        );
        if (bare === undefined || asked === undefined || isProblem(bare) || isProblem(asked)) return;
        expect(asked.namespace).toBe(bare.namespace);
        expect(asked.resource).toBe(bare.resource);
      }),
    );
  });

  it('takes any text for something or for nothing, and never fails', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (method, target) => {
        expect(typeof kubeRequestOf(method, target)).toBe('object');
      }),
    );
  });
});
