import { describe, expect, it } from 'vitest';
import { isAlreadyExists, isConflict, isExpired, isNotFound, KubeError } from '../../../kube/errors.ts';

function refusal(status: number, body: object | string = ''): KubeError {
  const text = typeof body === 'string' ? body : JSON.stringify({ kind: 'Status', ...body });
  return new KubeError({ method: 'GET', path: '/api/v1/pods', status, body: text });
}

describe('a refusal', () => {
  it('keeps what the server said', () => {
    const error = refusal(409, {
      message: 'taken',
      reason: 'AlreadyExists',
      details: { name: 'x', retryAfterSeconds: 3 },
    });
    expect(error.message).toBe('GET /api/v1/pods: 409 taken');
    expect(error).toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
      details: { name: 'x' },
      retryAfterSeconds: 3,
    });
  });

  it('keeps an answer that is no Status, short in the message and whole in the body', () => {
    const page = `<html>${'x'.repeat(1000)}</html>`;
    const error = refusal(502, page);
    expect(error.message.length).toBeLessThan(350);
    expect(error.body).toBe(page);
    expect(refusal(500, '[1]').reason).toBeUndefined();
    expect(refusal(500).message).toBe('GET /api/v1/pods: 500');
  });

  it.each([
    ['NotFound', refusal(404), isNotFound],
    ['Conflict', refusal(409, { reason: 'Conflict' }), isConflict],
    ['AlreadyExists', refusal(409, { reason: 'AlreadyExists' }), isAlreadyExists],
    ['no other', refusal(403), undefined],
    ['Expired', refusal(410), isExpired],
  ])('is told apart: %s', (_, error, is) => {
    const tests = [isNotFound, isConflict, isAlreadyExists, isExpired];
    expect(tests.filter((test) => test(error))).toEqual(is ? [is] : []);
    expect(tests.some((test) => test(new Error('404')) || test(undefined))).toBe(false);
  });
});
