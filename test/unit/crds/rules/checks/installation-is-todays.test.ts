/** Grants outlive the product: which of them may be open under the installation that is there now? */
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../../../crds/rules/ask.ts';
import { installationIsTodays } from '../../../../../crds/rules/checks/installation-is-todays.ts';
import { installationOf } from '../../../../../crds/rules/installation.ts';
import { anAsk, where, withGrant } from '../../../../kit/objects/ask.ts';
import { createdAt, type Modifier } from '../../../../kit/objects/object.ts';
import { anIdentitiesNamespace, thisInstallation } from '../../../../kit/objects/release.ts';

type Grant = NonNullable<ReturnType<typeof anAsk>['grant']>;
const lookedAtBy =
  (installation: string): Modifier<Grant> =>
  (grant) => ({ ...grant, status: { ...grant.status, installation } });
const check = (...changes: readonly Modifier<Ask>[]) => installationIsTodays.check(anAsk(...changes));
const made = thisInstallation.creationTimestamp;

describe('an installation', () => {
  it('is known by the UID of the namespace of the identities, and is none while that is deleted', () => {
    expect(installationOf(anIdentitiesNamespace())).toEqual(thisInstallation);
    expect(installationOf(anIdentitiesNamespace({ deletionTimestamp: made }))).toBeUndefined();
    expect(installationOf(undefined)).toBeUndefined();
  });

  it('that is not there closes, whatever installation looked at the grant', () => {
    const closed = { reason: 'InstallationChanged', detail: expect.stringContaining('`helm upgrade`') };
    const none = where({ installation: undefined });
    for (const told of [thisInstallation.uid, 'another'])
      expect(check(withGrant(lookedAtBy(told)), none)).toMatchObject(closed);
  });
});

describe('a grant that this installation looked at', () => {
  it('may be open, however old it is', () => {
    const old = createdAt<Grant>('2020-01-01T00:00:00Z');
    expect(check(withGrant(old, lookedAtBy(thisInstallation.uid)))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a grant that another installation looked at', () => {
  it('is closed, also one that seems to be younger, and says how to consent anew', () => {
    const result = check(withGrant(lookedAtBy('another')));
    expect(result).toMatchObject({ reason: 'InstallationChanged' });
    expect(result).toMatchObject({ detail: expect.stringMatching(/another.*Raise spec.consent/) });
  });
});

describe('a grant that none has told of', () => {
  const before = '2026-11-01T07:59:59Z';
  it.each([
    ['is closed where it is older', before, false],
    ['is closed where it was made in the very second', made, false],
    ['may be open where it is younger', '2026-11-01T08:00:01Z', true],
    ['is closed where its time cannot be read', 'yesterday', false],
  ])('%s', (_, time, open) => {
    const result = check(withGrant(createdAt(time)));
    expect(typeof result === 'number').toBe(open);
  });

  it('is closed where it is not known when the installation was made', () => {
    const installation = { ...thisInstallation, creationTimestamp: '' };
    expect(check(where({ installation }))).toMatchObject({ reason: 'InstallationChanged' });
  });
});
