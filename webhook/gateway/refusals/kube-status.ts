/** How a client of the Kubernetes API is refused: as the API server itself would, so that kubectl prints the sentence. */
import type { Told } from '../../../crds/rules/refusal-texts.ts';

/** What the API server calls each status; a client shows it and may act by it. */
const reasonsOfStatus: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
  421: 'NotFound',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** A `Status` of the Kubernetes API with our reason and sentence. */
export function kubeStatus(status: number, { reason, message, next, reference }: Told): object {
  const record = reference === undefined ? '' : `, record ${reference}`;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${message} (support access: ${reason}${record})`,
    reason: reasonsOfStatus[status] ?? 'InternalError',
    details: { causes: [{ reason, message: next }] },
    code: status,
  };
}
