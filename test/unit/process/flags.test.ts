import { describe, expect, it } from 'vitest';
import { address, dnsLabel, flagValues, givenFlags, httpsUrl, port, twinOf } from '../../../process/flags.ts';

const flags = {
  name: { rule: dnsLabel, fallback: 'house' },
  url: { rule: httpsUrl },
  map: { optional: true },
} as const;

function read(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return flagValues(flags, givenFlags(['name', 'url', 'map', 'other'], { args, env }));
}

describe('the flags of a program', () => {
  it('have values: the given one, the fallback, or none where none is needed', () => {
    expect(read(['--url=https://a'])).toEqual({
      ok: true,
      config: { name: 'house', url: 'https://a', map: undefined },
    });
  });

  it('have a twin in the environment, and the flag wins', () => {
    expect(twinOf('health-port')).toBe('SUPPORT_ACCESS_HEALTH_PORT');
    const env = { SUPPORT_ACCESS_URL: 'https://twin', SUPPORT_ACCESS_NAME: 'twin' };
    expect(read(['--name=flag'], env)).toMatchObject({ config: { name: 'flag', url: 'https://twin' } });
  });

  it('given empty count as not given', () => {
    expect(read(['--name=', '--url='])).toEqual({
      ok: false,
      problems: [`--url must be given, for example ${httpsUrl.example}`],
    });
  });

  it('that belong to another program are refused, and so are those of none', () => {
    expect(read(['--url=https://a', '--other=1'])).toMatchObject({
      problems: ['--other must not be given, as it is no flag of this program; remove it'],
    });
    expect(read(['--url=https://a', '--nowhere=1'])).toMatchObject({ ok: false });
  });

  it('show a wrong value no longer than it has to be, with rule and example', () => {
    expect(read([`--url=${'x'.repeat(200)}`])).toEqual({
      ok: false,
      problems: [`--url is "${'x'.repeat(100)}…" and must be an https URL, for example ${httpsUrl.example}`],
    });
  });

  it.each([
    [port, ['0', '8443', '65535'], ['', '65536', '-1', '1e3', ' 80', '123456']],
    [dnsLabel, ['a', 'a-b', 'a'.repeat(63)], ['', 'A', '-a', 'a-', 'a.b', 'a'.repeat(64), 'a\n']],
    [httpsUrl, ['https://a', 'https://a:1/b'], ['', 'http://a', 'a', 'https://']],
  ])('are judged by their rule, and the example fits: %o', (rule, good, bad) => {
    for (const text of [rule.example, ...good]) expect(rule.holds(text), text).toBe(true);
    for (const text of bad) expect(rule.holds(text), text).toBe(false);
  });
});

it.each(['::', '::1', '0.0.0.0', '10.0.0.7'])('%s is an address to listen on', (text) => {
  expect(address.holds(text)).toBe(true);
});

it.each(['*', 'localhost', '0', '10.0.0', '[::]', ''])('"%s" is no address to listen on', (text) => {
  expect(address.holds(text)).toBe(false);
});
