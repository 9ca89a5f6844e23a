import { describe, expect, it } from 'vitest';
import { createLog, type LogFields } from '../../../process/logging.ts';
import { errorText, errorWithCauses, redactedText } from '../../../process/redaction.ts';
import { systemErrorInWords } from '../../../process/system-errors.ts';

function logged(fields: LogFields): Record<string, unknown> {
  const lines: string[] = [];
  createLog('test', { write: (line: string) => lines.push(line) }).warn(fields, 'it happened');
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';

describe('a line of the log', () => {
  it('carries the fields of the list and no others', () => {
    const line = logged({ key: 'grant:1', tookMs: 1.6, body: 'secret' } as LogFields);
    expect(line).toMatchObject({
      level: 'warn',
      name: 'test',
      msg: 'it happened',
      key: 'grant:1',
      tookMs: 2,
    });
    expect(line).not.toHaveProperty('body');
  });

  it('tells of an error its name, message, code and place, and of a cause without a code nothing but its name', () => {
    const cause = new Error('what the API server sent');
    const error = Object.assign(new TypeError('no way', { cause }), { code: 'NO_WAY', body: 'hidden' });
    const line = logged({ error });
    expect(line['error']).toMatchObject({ name: 'TypeError', message: 'no way', code: 'NO_WAY' });
    expect(JSON.stringify(line)).toContain('logging.test.ts');
    expect(JSON.stringify(line)).not.toMatch(/API server|hidden/);
  });

  it('tells the causes that carry a code, from the nearest to the deepest', () => {
    const deepest = Object.assign(new Error('getaddrinfo ENOTFOUND records.svc'), { code: 'ENOTFOUND' });
    const parser = new SyntaxError('Unexpected token "secret of the API server"', { cause: deepest });
    const error = new Error('the records did not answer', { cause: parser });
    expect(logged({ error })['error']).toMatchObject({
      causes: ['SyntaxError', 'getaddrinfo ENOTFOUND records.svc'],
    });
    expect(JSON.stringify(logged({ error }))).not.toContain('secret of');
  });

  it.each(['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'tells a person in words that the cause was %s, and keeps the code in the log',
    (code) => {
      const cause = Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code });
      const error = new Error('no answer', { cause });
      const words = systemErrorInWords(cause) ?? expect.unreachable(code);
      expect(errorWithCauses(error)).toBe(`no answer: ${words}`);
      expect(errorWithCauses(new Error('no answer', { cause: new AggregateError([cause], '') }))).toBe(
        `no answer: ${words}`,
      );
      expect(JSON.stringify(logged({ error }))).toContain(code);
    },
  );

  it('tells a cause without a code by its name where that says something, and never by its text', () => {
    const parser = new SyntaxError('Unexpected token "secret"');
    expect(errorWithCauses(new Error('no answer', { cause: parser }))).toBe(
      'no answer: what came back cannot be read',
    );
    expect(errorWithCauses(new Error('no answer', { cause: new Error('secret') }))).toBe('no answer');
  });

  it('follows no cycle of causes', () => {
    const one = Object.assign(new Error('one'), { code: 'ONE' });
    one.cause = one;
    expect(errorWithCauses(one)).toBe('one: one');
  });

  it('says of what is no error only that it was thrown', () => {
    expect(logged({ error: { token } })['error']).toEqual({
      message: 'something that is no error was thrown',
    });
  });

  it('has no secret in it, however deep it lies', () => {
    const line = JSON.stringify(logged({ config: { list: [{ header: `Bearer ${token}` }] } }));
    expect(line).not.toContain('eyJ');
    expect(line).toContain('redacted');
  });
});

describe('text that is printed', () => {
  it.each([
    ['a bearer', 'Authorization: Bearer abc.def-1', 'Authorization: Bearer [redacted]'],
    ['a token by itself', `refused ${token}!`, 'refused [token]!'],
    [
      'a private key',
      'a -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- b',
      'a [private key] b',
    ],
    ['a private key that was cut', '-----BEGIN EC PRIVATE KEY-----\nMIIE', '[private key]'],
    ['cookies', 'cookie: __Host-session=abc; b=c', 'cookie: [redacted]'],
    ['a password', 'password=hunter2&a=b', 'password=[redacted]&a=b'],
  ])('is without %s', (_, text, rest) => {
    expect(redactedText(text)).toBe(rest);
  });

  it('is left as it is where there is no secret', () => {
    const text = 'GET https://10.0.0.1/api/v1/secrets: 404 NotFound';
    expect(redactedText(text)).toBe(text);
  });

  it('is cut where it has no end', () => {
    expect(redactedText('x'.repeat(1000))).toHaveLength(501);
    expect(errorText(new Error('y'.repeat(1000)))).toHaveLength(501);
  });
});

it('as much is written as its level says', () => {
  const lines: string[] = [];
  const log = createLog('test', { write: (line: string) => lines.push(line) });
  log.debug({}, 'not yet');
  log.level = 'debug';
  log.debug({}, 'now');
  log.level = 'error';
  log.warn({}, 'no longer');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['now']);
});
