/**
 * Is the application the one that was consented to, under the same host? One made anew under its name may lead anywhere,
 * and under another host the browser may hold what another application stored.
 */
import type { SupportApplication } from '../../generated/support-application.ts';
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, type Objection, type Pins, untilChanged } from '../ask.ts';

export const applicationIsPinned = {
  name: 'applicationIsPinned',
  entryPoints: [
    'opening',
    'person',
    'anonymous',
    'sign-in',
    'session',
    'application',
    'kube-api',
    'kubernetes',
  ],
  check,
} as const satisfies Check;

function check({ grant, application: read }: Ask): CheckResult {
  if (grant?.spec.applicationRef === undefined) return untilChanged;
  const application = present(read);
  if (application === undefined) return { reason: 'NoApplication' };
  return applicationObjection(application, grant.status?.pins?.application) ?? untilChanged;
}

function applicationObjection(
  { metadata: { name, uid }, spec: { host } }: SupportApplication,
  pin: Pins['application'],
): Objection | undefined {
  if (pin?.name === name && pin.uid === uid && pin.host === host) return undefined;
  const what = `Consent was not given to SupportApplication ${name} with UID ${uid} under the host ${host}`;
  return { reason: 'ApplicationChanged', detail: `${what}; raise spec.consent to consent to it.` };
}
