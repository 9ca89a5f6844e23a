/** Support cases at the command line: which of them the caller is shown, and what is refused before anything is written. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aCase } from '../../../kit/objects/case.ts';
import { withSpec } from '../../../kit/objects/object.ts';

const group = 'supportaccess.dev';
const own = {
  apiGroups: [group],
  resources: ['supportcases'],
  resourceNames: ['case-4711', 'gone'],
  verbs: ['get'],
};
const others = [
  { apiGroups: [group], resources: ['supportcases'], verbs: ['create'] },
  { apiGroups: [''], resources: ['secrets'], resourceNames: ['s'], verbs: ['get'] },
];

/** An API server at which the caller may list no cases, but read one by its name. */
const asOwner = (asked: string): Reply => {
  if (asked.startsWith('POST')) return [201, { status: { resourceRules: [...others, own] } }];
  if (asked.endsWith('/supportcases/case-4711')) return [200, aCase()];
  const details = { name: 'gone', kind: 'supportcases' };
  if (asked.endsWith('/gone')) return [404, { kind: 'Status', code: 404, reason: 'NotFound', details }];
  return failure(403, 'not for you');
};

describe('OK-7 case list', () => {
  it('OK-2 shows the cases that the caller may read by name, where no list may be read', async () => {
    const { options, calls } = await scriptedServer(asOwner);
    const { code, out } = await call(['case', 'list', ...options]);
    expect(out.replaceAll(/ +/g, ' ')).toBe(
      'CASE STATE OWNER CONTACTS SUBJECT\ncase-4711 Open grace hedy, katherine Mail jobs are stuck\n',
    );
    expect({ code, secrets: calls.filter((asked) => asked.includes('secrets')) }).toEqual({
      code: 0,
      secrets: [],
    });
  });

  it('shows an elevated contact all of them, and closed ones where they are asked for', async () => {
    const items = [aCase(), aCase(withSpec({ state: 'Closed' }))];
    const { options } = await scriptedServer(() => [200, { metadata: { resourceVersion: '1' }, items }]);
    const lines = async (...more: string[]) =>
      (await call(['case', 'list', ...options, ...more])).out.trim().split('\n').length - 1;
    expect(await lines()).toBe(1);
    expect(await lines('--closed')).toBe(2);
    expect((await call(['case', 'list', '-A', ...options.slice(0, 2)])).out).toContain('ecase/case-4711');
    expect((await call(['case', 'list', ...options, '-o', 'name'])).out).toContain('supportcase');
  });

  it('says so where there is none, and where those of all namespaces may not be listed', async () => {
    const { options } = await scriptedServer((asked) =>
      asked.startsWith('POST') ? [201, {}] : failure(403, 'not for you'),
    );
    expect((await call(['case', 'list', ...options])).err).toContain(
      'There is no support case in namespace ecase',
    );
    const { code, err } = await call(['case', 'list', '-A', ...options.slice(0, 2)]);
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('you may not list the support cases of all namespaces'),
    });
  });
});

describe('OK-7 a change of a case', () => {
  it('is refused before anything is written where it is not said what the case is about', async () => {
    const { options, calls } = await scriptedServer(asOwner);
    const { code, err } = await call(['case', 'open', 'case-9', '--yes', ...options]);
    expect({ code, calls }).toEqual({ code: 4, calls: [] });
    expect(err).toContain('it must be said what it is about: --subject "Mail jobs are stuck since Monday"');
  });

  it.each([
    ['add-contact case-4711 katherine', 'katherine is a contact of SupportCase case-4711 already'],
    ['remove-contact case-4711 mary', 'mary is no contact of SupportCase case-4711'],
  ])('writes nothing where it is so already: %s', async (line, says) => {
    const { options, calls } = await scriptedServer((asked) =>
      asked.startsWith('GET') ? [200, { ...aCase(), status: { observedGeneration: 9 } }] : failure(500, 'no'),
    );
    const { err } = await call(['case', ...line.split(' '), '--yes', ...options]);
    expect(err).toContain(says);
    expect(calls.filter((asked) => !asked.startsWith('GET'))).toEqual([]);
  });

  it.each([
    [
      'add-contact case-4711 mary',
      { contacts: [{ name: 'hedy', telephone: '+1 202 555 0143' }, { name: 'katherine' }, { name: 'mary' }] },
    ],
    [
      'add-contact case-4711 hedy --telephone 0300',
      { contacts: [{ name: 'katherine' }, { name: 'hedy', telephone: '0300' }] },
    ],
    ['remove-contact case-4711 hedy', { contacts: [{ name: 'katherine' }] }],
    ['close case-4711', { state: 'Closed' }],
  ])('OK-6 writes what was typed, and that alone: %s', async (line, spec) => {
    let written: unknown;
    const { options } = await scriptedServer((asked, body) => {
      if (asked.startsWith('PATCH')) written = body;
      return [200, { ...aCase(), status: { observedGeneration: 9 } }];
    });
    const { code, out } = await call(['case', ...line.split(' '), '--yes', ...options]);
    expect({ code, written }).toEqual({
      code: 0,
      written: { metadata: { resourceVersion: expect.any(String) }, spec },
    });
    expect(out).toContain('Done.');
  });

  it('says that the case was made anew meanwhile', async () => {
    const other = { ...aCase(), metadata: { ...aCase().metadata, uid: 'another' } };
    let isWritten = false;
    const { options } = await scriptedServer((asked) => {
      if (!asked.startsWith('PATCH')) return [200, isWritten ? other : aCase()];
      isWritten = true;
      return [200, aCase()];
    });
    const { err } = await call(['case', 'close', 'case-4711', '--yes', ...options]);
    expect(err).toContain('SupportCase case-4711 was deleted, and another one of that name made since');
  });
});
