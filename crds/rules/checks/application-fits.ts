/** Is it the grant's application, and does the matrix fit its version and edition (requirement CC-12)? */
import { present } from '../../object-meta.ts';
import { type Ask, type Check, type CheckResult, type Objection, untilChanged } from '../ask.ts';
import { misfit } from '../matrix/compatibility.ts';

export const applicationFits = {
  name: 'applicationFits',
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

function check(ask: Ask): CheckResult {
  const wrong = wrongApplication(ask);
  if (wrong !== undefined) return wrong;
  const reason = misfit(ask.matrix?.appliesTo, ask.application?.spec);
  if (reason === undefined) return untilChanged;
  return {
    reason: 'Incompatible',
    detail: `The matrix does not fit the application: ${reason}. Make a grant with a matrix that fits.`,
  };
}

function wrongApplication({ entryPoint, grant, application: read }: Ask): Objection | undefined {
  const wanted = grant?.spec.applicationRef?.name;
  if (wanted === undefined) {
    if (entryPoint !== 'application' && read === undefined) return undefined;
    return {
      reason: 'ApplicationNotGranted',
      detail: 'The grant names no application; spec.applicationRef of the grant may name one.',
    };
  }
  const application = present(read);
  if (application === undefined) {
    return {
      reason: 'NoApplication',
      detail: `SupportApplication ${wanted} does not exist in this namespace; create it, or correct spec.applicationRef of the grant.`,
    };
  }
  const { name, namespace } = application.metadata;
  if (name === wanted && namespace === grant?.metadata.namespace) return undefined;
  return { reason: 'ApplicationNotGranted', detail: `The grant is for SupportApplication ${wanted}.` };
}
