import { describe, expect, it } from 'vitest';
import { closesByStatus, isReason, reasons, sentenceFor } from '../../../../crds/rules/reasons.ts';
import { toldToSupport } from '../../../../crds/rules/refusal-texts.ts';

const names = Object.keys(reasons).filter(isReason);

describe('the list of reasons', () => {
  it('has PascalCase names, as condition reasons must have', () => {
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
  });

  it('has one sentence for each, and no sentence twice', () => {
    for (const name of names) expect(sentenceFor(name)).toMatch(/^[A-Z].*\.$/);
    expect(new Set(names.map(sentenceFor)).size).toBe(names.length);
  });

  it('knows no name that every object inherits', () => {
    expect(isReason('constructor')).toBe(false);
    expect(isReason('')).toBe(false);
  });
});

describe('a reason in the status of a grant', () => {
  const closing = [
    'UserChanged',
    'MatrixChanged',
    'ExcessRights',
    'DurationOutOfBounds',
    'RolledBack',
    'NameTaken',
  ];
  for (const reason of closing) {
    it(`closes when it is ${reason}, which only the operator can judge`, () => {
      expect(closesByStatus(reason)).toBe(true);
    });
  }

  const judgedFresh = [
    'Open',
    'NotStarted',
    'Expired',
    'Disabled',
    'PolicyDisabled',
    'Locked',
    'NoUser',
    'Incompatible',
  ];
  for (const reason of judgedFresh) {
    it(`does not close when it is ${reason}, which may be out of date`, () => {
      expect(closesByStatus(reason)).toBe(false);
    });
  }

  it('closes when there is none, or one that nobody knows', () => {
    for (const odd of [undefined, '', 'open', 'SomethingNew', '__proto__', 'toString'])
      expect(closesByStatus(odd)).toBe(true);
  });
});

describe('what the vendor people are told', () => {
  it('is the reason itself where it is about them', () => {
    expect(toldToSupport('AddressNotAllowed').reason).toBe('AddressNotAllowed');
    expect(toldToSupport('Expired').reason).toBe('Expired');
  });

  it('is only that access is not open where it is about how the customer is set up', () => {
    for (const reason of ['ExcessRights', 'RolledBack', 'NameTaken'] as const)
      expect(toldToSupport(reason)).toMatchObject({ reason: 'NotOpened', message: 'Access is not open.' });
  });

  it('is that it could not be read where that is so, since access may be open', () => {
    expect(toldToSupport('LockUnreadable').reason).toBe('StateUnavailable');
  });
});
