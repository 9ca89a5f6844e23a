/** What is so already is not written again; that it is in force is looked at and told all the same. */
import { describe, expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { aPolicy } from '../../../kit/objects/policy.ts';

const metadata = { name: 'case-1', namespace: 'ecase', uid: 'u-1', resourceVersion: '7', generation: 2 };
const api = 'supportaccess.dev/v1beta1';
const kindOf: Readonly<Record<string, string>> = {
  supportaccessgrants: 'SupportAccessGrant',
  supportaccesspolicies: 'SupportAccessPolicy',
  supportaccesslocks: 'SupportAccessLock',
  supportusers: 'SupportUser',
};
const none: Reply = [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [] }];

const active = (status: 'True' | 'False', reason: string) => ({
  observedGeneration: 2,
  conditions: [{ type: 'Active', status, reason, message: 'As told.' }],
});

/** What there is: each as it would be after the change. */
interface There {
  readonly access: 'Enabled' | 'Disabled';
  readonly status: object;
  readonly sessions?: readonly object[];
}

const specs: Readonly<Record<string, object>> = {
  supportaccesspolicies: aPolicy().spec,
  supportaccessgrants: {
    userRefs: [{ name: 'ada' }],
    matrixRef: { name: 'm' },
    expirationTime: '2026-12-04T12:00:00Z',
  },
  supportusers: { displayName: 'Ada', userId: 's-1', nameID: 'ada@example.com' },
  supportaccesslocks: { reason: 'An alarm' },
};

async function calling(words: readonly string[], { access, status, sessions = [] }: There, timeout = '20s') {
  const { options, calls } = await scriptedServer((asked) => {
    const [, kind = '', name] = /\/(support[a-z]+)(?:\/([^/]+))?$/.exec(asked) ?? [];
    if (kind === 'supportsessions') return [200, { ...(none[1] as object), items: sessions }];
    if (name === undefined) return none;
    if (kind === 'supportpermissionmatrices') return failure(403, 'not for you');
    if (kind === 'supportaccesslocks' && words[0] !== 'revoke') return failure(404, 'none', 'none');
    const spec = { ...specs[kind], access };
    return [200, { apiVersion: api, kind: kindOf[kind], metadata: { ...metadata, name }, spec, status }];
  });
  const now = Date.parse('2026-12-01T12:00:00Z');
  const called = await call([...words, '--timeout', timeout, ...options], { now });
  return { ...called, writes: calls.filter((each) => !each.startsWith('GET ')) };
}

const closed: There = { access: 'Disabled', status: active('False', 'Disabled') };
const open: There = { access: 'Enabled', status: active('True', 'Open') };
const aSession = {
  metadata: { name: 's', namespace: 'ecase' },
  spec: { grantRef: { uid: 'u-1' }, userRef: { uid: 'u-1' } },
};

describe('CC-13 what is so already', () => {
  it.each<[string, There, string]>([
    ['grant enable case-1', open, 'is open; it ends'],
    ['grant disable case-1', closed, 'is closed, and no session is left'],
    ['policy enable', open, 'Done. Support access is switched on.'],
    ['policy disable', closed, 'Done. Support access is switched off'],
    ['user deactivate ada', closed, 'Done. SupportUser ada is deactivated.'],
    ['revoke all', closed, 'Done. Support access to this cluster is stopped.'],
  ])('%s: is confirmed, and printed as after a write', async (line, there, confirmed) => {
    const words = line.split(' ');
    const { code, out, err, writes } = await calling(words, there);
    expect(err).toMatch(/already.*; nothing was changed\./);
    expect(out).toContain(confirmed);
    expect({ code, writes }).toEqual({ code: 0, writes: [] });

    const printed = await calling([...words, '-o', 'json'], there);
    expect(JSON.parse(printed.out)).toMatchObject({ apiVersion: api, metadata: { uid: 'u-1' } });
    expect(printed.err).toContain(confirmed);
    expect(printed.code).toBe(0);
  });

  it('is confirmed also where it may take longer than a timer can count', async () => {
    const { code, out } = await calling(['grant', 'disable', 'case-1'], closed, '1000h');
    expect(out).toContain('is closed, and no session is left');
    expect(code).toBe(0);
  });

  it.each<[string, There]>([
    ['grant enable case-1', { ...open, status: active('False', 'Locked') }],
    ['grant disable case-1', { ...closed, sessions: [aSession] }],
    ['grant disable case-1', { ...closed, status: {} }],
    ['policy enable', { ...open, status: {} }],
    ['user deactivate ada', { ...closed, sessions: [aSession] }],
    ['revoke all', { ...closed, sessions: [aSession] }],
  ])('%s: is not good where it is not in force', async (line, there) => {
    const { code, err, writes } = await calling(line.split(' '), there, '300ms');
    expect(err).toMatch(/already.*; nothing was changed\./);
    expect({ code, writes }).toEqual({ code: 2, writes: [] });
  });

  it('is not waited for where that is not wanted, and printed as well', async () => {
    const there = { ...closed, sessions: [aSession] };
    for (const option of ['--wait=false', '--dry-run=server']) {
      const { code, out } = await calling(['grant', 'disable', 'case-1', option, '-o', 'name'], there);
      expect(out).toBe('supportaccessgrant.supportaccess.dev/case-1\n');
      expect(code).toBe(0);
    }
  });
});
