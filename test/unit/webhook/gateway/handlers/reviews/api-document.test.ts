import { describe, expect, it, onTestFinished } from 'vitest';
import { callReasons } from '../../../../../../webhook/gateway/handlers/reviews/problem.ts';
import {
  mostReviews,
  readAskedBatch,
  readAskedReview,
} from '../../../../../../webhook/gateway/handlers/reviews/review-body.ts';
import { innerRoutes } from '../../../../../../webhook/gateway/inner-routes.ts';
import { apiDocument, conforms, violations } from '../../../../../kit/documents/api-document.ts';
import { anInnerGateway } from '../../../../../kit/objects/inner-gateway.ts';
import { aSession } from '../../../../../kit/objects/session.ts';

const { schemas } = apiDocument.components;
const one = { session: 'a', module: 'm', action: 'x' };

describe('the OpenAPI document for applications', () => {
  it('has the paths and methods that are served, in OpenAPI 3.1', () => {
    const written = Object.entries(apiDocument.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(written).toEqual(innerRoutes.map(({ method, path }) => `${method} ${path}`));
    expect(apiDocument.openapi).toBe('3.1.0');
  });

  it('names each reason of a refused call, and no other', () => {
    expect(schemas['Problem']?.properties?.['reason']?.enum).toEqual(Object.keys(callReasons));
    expect(schemas['AskedBatch']?.properties?.['reviews']?.maxItems).toBe(mostReviews);
  });

  it.each([
    [{ application: 'e', ...one }],
    [{ application: 'e', ...one, subModule: 's' }],
    [{ application: 'e', ...one, subModule: null }],
    [{ application: 'e', ...one, subModule: '' }],
    [{ application: 'x'.repeat(254), ...one }],
    [{ application: 'e', ...one, session: 'x'.repeat(101) }],
    [{ application: 'e', ...one, more: 1 }],
    [{ ...one }],
    [{ application: 'e', session: 'a', module: 'm' }],
    [[]],
    [null],
    ['text'],
  ])('takes for a review exactly what the gateway takes: %j', (body) => {
    const taken = isTaken(() => readAskedReview(body));
    expect(violations(schemas['AskedReviewOfApplication'] ?? {}, body).length === 0).toBe(taken);
    const batch = { application: 'e', reviews: [one, withoutApplication(body)] };
    const takenInBatch = isTaken(() => readAskedBatch(batch));
    expect(violations(schemas['AskedBatch'] ?? {}, batch).length === 0).toBe(takenInBatch);
  });

  it.each([0, 1, mostReviews, mostReviews + 1])(
    'takes a batch of %i exactly where the gateway does',
    (size) => {
      const body = { application: 'e', reviews: Array.from({ length: size }, () => one) };
      expect(violations(schemas['AskedBatch'] ?? {}, body).length === 0).toBe(
        isTaken(() => readAskedBatch(body)),
      );
    },
  );

  it('describes what is answered: a yes, a no, a list, a refusal', async () => {
    const gateway = await anInnerGateway();
    onTestFinished(async () => void (await gateway.close()));
    const asked = {
      application: 'ecase',
      session: aSession().spec.handle,
      module: 'Scheduled Jobs',
      action: 'Read',
    };
    for (const [method, path, body] of [
      ['POST', '/v1/reviews', asked],
      ['POST', '/v1/reviews', { ...asked, action: 'Nothing' }],
      ['POST', '/v1/reviews', {}],
      [
        'POST',
        '/v1/reviews/batch',
        { application: 'ecase', reviews: [{ ...asked, application: undefined }] },
      ],
      ['GET', '/v1/directory', undefined],
      ['GET', '/v1/jwks', undefined],
      ['GET', '/v1/reviews', undefined],
    ] as const) {
      const { status, body: answered } = await gateway.call(path, { method, body });
      expect(conforms({ method, path, status, body: answered }), `${method} ${path}`).toEqual([]);
    }
  });
});

function isTaken(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function withoutApplication(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { application: _none, ...rest } = body as Record<string, unknown>;
  return rest;
}
