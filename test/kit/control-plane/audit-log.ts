/**
 * The API server's own audit log of anonymous requests: how it read each of them as it came, before anyone was asked whether it
 * may be. The requests do nothing, as who has no identity may do nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';

/** What the log says of one request. */
export interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: Readonly<Partial<Record<ObjectField, string>>>;
}

type ObjectField = 'resource' | 'subresource' | 'namespace' | 'name' | 'apiGroup' | 'apiVersion';

const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['ResponseStarted', 'ResponseComplete', 'Panic'],
  rules: [{ level: 'Metadata', users: ['system:anonymous'] }, { level: 'None' }],
};

/** The flags with which an API server keeps such a log, and the log. */
export function anAuditLog(): {
  readonly flags: readonly string[];
  readonly read: () => readonly AuditEvent[];
  readonly remove: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'support-access-audit-'));
  const [policyFile, log] = [join(directory, 'policy.json'), join(directory, 'audit.log')];
  writeFileSync(policyFile, JSON.stringify(policy));
  return {
    flags: [`--audit-policy-file=${policyFile}`, `--audit-log-path=${log}`, '--audit-log-mode=blocking'],
    read: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as AuditEvent),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Sends requests without an identity, each with its number in the log, exactly as they are written. */
export async function sendAnonymously(
  { url, ca }: Pick<ControlPlane, 'url' | 'ca'>,
  requests: readonly { readonly method: string; readonly target: string }[],
): Promise<void> {
  const agent = new Agent({ keepAlive: true, ca, maxSockets: 8 });
  const { hostname, port } = new URL(url);
  await Promise.all(
    requests.map(
      async ({ method, target }, number) =>
        new Promise<void>((resolve, reject) => {
          const headers = { 'audit-id': `request-${number}` };
          const sent = request({ hostname, port, agent, method, path: target, headers }, (response) => {
            response.resume();
            response.on('error', reject);
            response.on('end', resolve);
          });
          sent.on('error', reject);
          sent.end();
        }),
    ),
  );
  agent.destroy();
}
