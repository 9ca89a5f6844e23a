/**
 * Is the Service behind the application served, and still what was consented to? By its UID, port, selector and
 * addresses: an editor of Services would otherwise decide where support is let in. A write at the API server does not go there.
 */
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, type Objection, type Pins, untilChanged } from '../ask.ts';
import {
  type ServiceObject,
  type ServiceReading,
  type ServiceRef,
  servedService,
  serviceHash,
} from '../request/service.ts';

export const backendIsPinned = {
  name: 'backendIsPinned',
  entryPoints: ['opening', 'person', 'anonymous', 'sign-in', 'session', 'application'],
  check,
} as const satisfies Check;

function check({ grant, application: read, backend }: Ask): CheckResult {
  if (grant?.spec.applicationRef === undefined) return untilChanged;
  const application = present(read);
  if (application === undefined) return { reason: 'NoApplication' };
  return backendObjection(backend, application.spec.serviceRef, grant.status?.pins?.service) ?? untilChanged;
}

/** A Service that is not served is told in its own words, consented to or not. */
function backendObjection(
  backend: ServiceReading | undefined,
  ref: ServiceRef,
  pin: Pins['service'],
): Objection | undefined {
  if (backend === undefined) return { reason: 'StateUnavailable', detail: 'The Service was not read.' };
  const served = servedService(backend, ref);
  if (!served.ok) return { reason: served.reason, detail: served.detail };
  return serviceObjection(served.service, ref, pin);
}

function serviceObjection(
  { metadata: { name, uid }, spec }: ServiceObject,
  { port }: ServiceRef,
  pin: Pins['service'],
): Objection | undefined {
  if (pin?.name !== name || pin.port !== port) return serviceChanged(`Service ${name} at port ${port}`);
  if (pin.uid !== uid)
    return serviceChanged(`Service ${name} with UID ${uid}, which was deleted and created again`);
  if (pin.hash === serviceHash(spec)) return undefined;
  return serviceChanged(`this selector, these ports or these addresses of Service ${name}`);
}

function serviceChanged(what: string): Objection {
  return {
    reason: 'ServiceChanged',
    detail: `Consent was not given to ${what}; raise spec.consent to consent to it.`,
  };
}
