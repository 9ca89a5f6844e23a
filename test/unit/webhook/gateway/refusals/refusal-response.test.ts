import { describe, expect, it } from 'vitest';
import { toldToSupport } from '../../../../../crds/rules/refusal-texts.ts';
import { sendRefusal } from '../../../../../webhook/gateway/refusals/refusal-response.ts';
import { anExchange, headOf } from '../../../../kit/objects/exchange.ts';

/** What the refusal of a request with these headers says about the connection. */
function connectionAfter(headers: Readonly<Record<string, string>>, complete: boolean): unknown {
  const exchange = anExchange({ url: '/jobs', host: 'ecase.apps.example.com', method: 'POST', headers });
  Object.assign(exchange.request, { complete });
  const told = toldToSupport('ActionNotAllowed');
  sendRefusal(exchange, { status: 403, told, isRecorded: true, forget: false });
  return headOf(exchange)?.headers['connection'];
}

describe('the connection of a refused request', () => {
  it.each([
    ['has a length', { 'content-length': '5' }],
    ['comes in chunks', { 'transfer-encoding': 'chunked' }],
  ])(
    'is closed where a body that %s was not read, so that it is not taken for the next request',
    (_, headers) => {
      expect(connectionAfter(headers, false)).toBe('close');
      expect(connectionAfter(headers, true)).toBeUndefined();
    },
  );

  it('is kept where there is no body', () => {
    expect(connectionAfter({}, false)).toBeUndefined();
    expect(connectionAfter({ 'content-length': '0' }, false)).toBeUndefined();
  });
});
