/** What stands around the records of an installation in these tests: the pod behind which they are, and many records among which one is. */
import type { NewRecord } from '../../../crds/audit/record.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { releaseNamespace } from '../../kit/installation/install.ts';
import { aRecord, withFields } from '../../kit/objects/record.ts';

/** The pod of the webhook, as a kubelet would report it. */
export async function makePod(cp: ControlPlane): Promise<void> {
  const labels = { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': 'webhook' };
  const metadata = { name: 'webhook-0', namespace: releaseNamespace, labels };
  const containers = [
    { name: 'webhook', image: 'example.com/x', ports: [{ name: 'records', containerPort: 8445 }] },
  ];
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'forwards', containers } };
  await cp.kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const patch = ['patch', 'pod', 'webhook-0', '-n', releaseNamespace, '--subresource=status', '--type=merge'];
  await cp.kubectl([...patch, '-p', JSON.stringify({ status })]);
}

/** 1,200 permitted requests of hedy and mary, one a second from 08:00 on, and three refused: hedy's at 08:10 and 10:30, mary's at 08:10. */
export function manyRequests(): NewRecord[] {
  const by = (name: string, second: number, reason?: string): NewRecord =>
    aRecord(
      withFields({
        actor: { kind: 'support', name, userType: 'Support User' },
        time: new Date(Date.parse('2026-11-10T08:00:00Z') + second * 1000).toISOString(),
        decision: reason === undefined ? { effect: 'allow' } : { effect: 'deny', reason },
      }),
    );
  const permitted = Array.from({ length: 1200 }, (_, second) =>
    by(second % 2 === 0 ? 'hedy' : 'mary', second),
  );
  const [first, second, third] = [
    by('hedy', 600, 'Expired'),
    by('mary', 600, 'Expired'),
    by('hedy', 9000, 'Expired'),
  ];
  return [...permitted, first, second, third];
}
