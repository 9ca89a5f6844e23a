/** Was the request sent to the host of the grant's application? A session opens no other application's host. */
import { type Ask, type Check, type CheckResult, untilChanged } from '../ask.ts';
import { isServedAt } from '../request/hosts.ts';

export const hostIsTheApplications = {
  name: 'hostIsTheApplications',
  entryPoints: ['application'],
  check,
} as const satisfies Check;

function check({ application, host }: Ask): CheckResult {
  if (application !== undefined && isServedAt(application, host)) return untilChanged;
  const sent = host === undefined ? 'The host of the request is not known' : servedFor(host, application);
  return { reason: 'NoApplication', detail: `${sent}; the application has ${application?.spec.host}.` };
}

function servedFor({ host, application: served }: NonNullable<Ask['host']>, own: Ask['application']): string {
  return host === own?.spec.host
    ? `${host} is served for SupportApplication ${served.namespace}/${served.name}`
    : `${host} is another host`;
}
