import { describe, expect, it } from 'vitest';
import { applicationIsPinned } from '../../../../../crds/rules/checks/application-is-pinned.ts';
import { anApplication } from '../../../../kit/objects/application.ts';
import { anAsk, where, withGrant } from '../../../../kit/objects/ask.ts';
import { aGrant, withoutApplication } from '../../../../kit/objects/grant.ts';
import { withSpec } from '../../../../kit/objects/object.ts';

describe('an application that is not the one that was consented to closes', () => {
  it('under another host, where another application’s data may lie in the browser', () => {
    const ask = anAsk(where({ application: anApplication(withSpec({ host: 'other.apps.example.com' })) }));
    expect(applicationIsPinned.check(ask)).toMatchObject({ reason: 'ApplicationChanged' });
  });

  it('where nothing was pinned but people and matrix', () => {
    const {
      application: _a,
      service: _s,
      ...pins
    } = anAsk().grant?.status?.pins ?? { consent: 1, users: [] };
    const ask = anAsk(where({ grant: { ...aGrant(), status: { activeReason: 'Open', pins } } }));
    expect(applicationIsPinned.check(ask)).toMatchObject({ reason: 'ApplicationChanged' });
  });
});

it('a grant without an application has none that could be another one', () => {
  const ask = anAsk(withGrant(withoutApplication()), where({ application: undefined }));
  expect(applicationIsPinned.check(ask)).toBe(Number.POSITIVE_INFINITY);
});
