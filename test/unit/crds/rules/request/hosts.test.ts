import { describe, expect, it } from 'vitest';
import type { SupportApplication } from '../../../../../crds/generated/support-application.ts';
import { hostIsOurs, keeperOf } from '../../../../../crds/rules/request/hosts.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { createdAt, withMetadata, withSpec } from '../../../../kit/objects/object.ts';

const gateway = { host: 'support.example.com', hostSuffixes: ['apps.example.com'] };

const keptOf = (sameHost: readonly SupportApplication[]) =>
  keeperOf('ecase.apps.example.com', { sameHost, holder: undefined });

describe('a host of an application', () => {
  it.each([
    ['ecase.apps.example.com', true],
    ['a.b.apps.example.com', true],
    ['apps.example.com', false],
    ['evilapps.example.com', false],
    ['support.example.com', false],
    ['ecase.apps.example.com.evil.org', false],
  ])('%s is under the suffix: %s', (host, ours) => {
    expect(hostIsOurs(host, gateway)).toBe(ours);
  });

  it('is never the support host, also where that lies under a suffix', () => {
    expect(
      hostIsOurs('support.example.com', { host: 'support.example.com', hostSuffixes: ['example.com'] }),
    ).toBe(false);
  });

  it('is under none where the policy names none', () => {
    expect(hostIsOurs('ecase.apps.example.com', { host: 'support.example.com' })).toBe(false);
  });

  it('is kept by the oldest, in whatever order they come', () => {
    const old = anApplication(withMetadata({ uid: 'b' }), createdAt('2026-12-01T07:00:00Z'));
    const young = anApplication(withMetadata({ uid: 'a' }), createdAt('2026-12-01T07:00:01Z'));
    const other = anApplication(withMetadata({ uid: 'c' }), withSpec({ host: 'x.apps.example.com' }));
    for (const applications of [
      [old, young, other],
      [other, young, old],
    ])
      expect(keptOf(applications)?.metadata.uid).toBe('b');

    expect(
      keeperOf('nobody.apps.example.com', { sameHost: [old, young], holder: undefined }),
    ).toBeUndefined();
  });
});
