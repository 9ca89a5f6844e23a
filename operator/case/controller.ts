/** Looks at one SupportCase: reports that it was seen. It makes nothing of it, and opens nothing. */
import { kinds } from '../../crds/kinds.ts';
import { sentenceFor } from '../../crds/rules/reasons.ts';
import { type PlainCondition, statusOf } from '../reporting/conditions.ts';
import type { Controller, ControllerContext, Handle } from '../watching/controller.ts';
import { byUid, keysOf } from '../watching/watch.ts';
import { reportStatus } from '../writes/calls.ts';

export const caseController: Controller = {
  name: 'case',
  watches: [
    {
      collection: 'cases',
      indexes: { uid: byUid },
      keysAfter: ({ object }) => keysOf([object]),
    },
  ],
  firstKeys: ({ cases }) => keysOf(cases.list()),
  start: startCases,
};

/** A case asks for nothing that could fail, so it says that the case was looked at. */
const ready: PlainCondition = {
  type: 'Ready',
  holds: true,
  reason: 'Enforced',
  message: sentenceFor('Enforced'),
};

function startCases({ client, caches, now }: ControllerContext): Handle {
  return async (uid, signal) => {
    const [one] = caches.cases.byIndex('uid', uid);
    if (one === undefined) return 'gone';
    const next = statusOf(one, [ready], now());
    await reportStatus({ client, signal }, kinds.SupportCase, { seen: one, next });
    return undefined;
  };
}
