/** Admission reviews of one's own making, posted without any credential to where the API server posts its own. */
import { Agent, request } from 'node:https';
import type { ControlPlane } from './control-plane.ts';

export type PostReview = (
  path: 'decide' | 'record',
  review: Readonly<Record<string, unknown>>,
) => Promise<number>;

/** Anyone can do so who may read the webhook's configuration. */
export async function reviewInventor(cp: Pick<ControlPlane, 'kubectl'>): Promise<PostReview> {
  const path = 'jsonpath={.webhooks[0].clientConfig.url}';
  const { stdout } = await cp.kubectl([
    'get',
    'validatingwebhookconfiguration',
    'support-access',
    '-o',
    path,
  ]);
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  const kind = { group: 'supportaccess.dev', version: 'v1beta1', kind: 'SupportAccessGrant' };
  const userInfo = { username: 'mallory', groups: ['mallory-team'] };
  return (to, review) => {
    const body = JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: { uid: crypto.randomUUID(), kind, namespace: 'default', userInfo, ...review },
    });
    return new Promise((resolve, reject) => {
      const sent = request(stdout.replace(/decide$/, to), { method: 'POST', agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      sent.on('error', reject).end(body);
    });
  };
}
