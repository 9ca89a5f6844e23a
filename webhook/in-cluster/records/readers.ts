/**
 * Who the people are that read the records: by a certificate of the cluster's clients, or by a reader account. The API
 * server publishes the authorities of the former for servers such as this one.
 */
import type { KubeClient } from '../../../kube/api/client.ts';
import { isForbidden, isNotFound } from '../../../kube/errors.ts';
import { ConfigMaps } from '../../../kube/resources.ts';
import { startPeriodic } from '../../../process/periodic.ts';
import { type CertificateCaller, createCertificateCaller } from '../../callers/certificate-caller.ts';
import { createPersonOf, type PersonOf } from '../../callers/reader-account.ts';

export interface ReadersOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly releaseNamespace: string;
}

export interface Readers {
  readonly certificateCaller: CertificateCaller;
  readonly personOf: PersonOf;
  /** Keeps the authorities as the API server publishes them; the returned function stops that. */
  follow(told: AuthoritiesTold): () => void;
}

export interface AuthoritiesTold {
  /** Told of the authorities (PEM; empty for none) when they change. */
  readonly onAuthorities: (authorities: string) => void;
  /** Told when they could not be read; the last ones go on counting. */
  readonly onProblem: (error: unknown) => void;
}

/** How long an authority that was taken away still counts. */
const everyMs = 30_000;

/** Where every API server that knows client certificates publishes who signs them. */
const published = { namespace: 'kube-system', name: 'extension-apiserver-authentication' } as const;

/** Knows no authority before `follow`, and until then no certificate: the records are served without as well. */
export function createReaders({ client, releaseNamespace }: ReadersOptions): Readers {
  let authorities = '';
  return {
    certificateCaller: createCertificateCaller({ authorities: () => authorities, now: Date.now }),
    personOf: createPersonOf({ client, releaseNamespace, clock: () => performance.now() }),
    follow({ onAuthorities, onProblem }) {
      const run = async (): Promise<void> => {
        const found = await readAuthorities(client);
        if (found === authorities) return;
        // First, since a bundle that cannot be used throws, and the last one then goes on counting.
        onAuthorities(found);
        authorities = found;
      };
      const task = { name: 'authorities of client certificates', everyMs, run };
      return startPeriodic([task], (_, error) => onProblem(error));
    },
  };
}

async function readAuthorities(client: ReadersOptions['client']): Promise<string> {
  try {
    const { data } = await client.get<{ data?: Readonly<Record<string, string>> }>(ConfigMaps, published);
    return data?.['client-ca-file'] ?? '';
  } catch (error) {
    // A cluster that knows no client certificates, or a customer who does not give the right: a state, and no fault.
    if (isNotFound(error) || isForbidden(error)) return '';
    throw error;
  }
}
