/**
 * Which certificate does a host get? Those of the Secrets that the policy names, by the names inside them, loaded anew
 * while the port is open. A pair that does not fit together never replaces one that did.
 */
import type { SecureContext } from 'node:tls';
import { certificateFor } from '../../../crds/rules/request/host-certificate.ts';
import { entryOf, type SecretFlaw } from '../../../crds/rules/request/tls-secrets.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isNotFound, KubeError } from '../../../kube/errors.ts';
import { Secrets } from '../../../kube/resources.ts';
import { pairIn, type TlsPair, type TlsSecretData } from './tls-pair.ts';

export interface CertificatesOptions {
  readonly client: Pick<KubeClient, 'get'>;
  readonly namespace: string;
  /** Names of the Secrets as the policy says now. */
  readonly names: () => readonly string[];
  readonly now: () => number;
  readonly onFailure: (name: string, error: unknown) => void;
  /** Told of each reading of a Secret, for metrics. */
  readonly onRead?: (isUsable: boolean) => void;
}

interface TlsSecret {
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
  readonly data?: TlsSecretData;
}

/** What the last reading of a Secret gave, and the pair that is served: an earlier one, if this reading gave none. */
interface Known {
  readonly version?: string;
  /** Undefined where the API server did not answer. */
  readonly found: TlsPair | SecretFlaw | undefined;
  readonly served: TlsPair | undefined;
}

export class Certificates {
  readonly #options: CertificatesOptions;
  #known = new Map<string, Known>();

  constructor(options: CertificatesOptions) {
    this.#options = options;
  }

  /** Reads every named Secret. One that cannot be read or used keeps what it had; one that is not named goes. */
  async refresh(): Promise<void> {
    const names = this.#options.names();
    const read = await Promise.all(names.map(async (name) => [name, await this.#load(name)] as const));
    this.#known = new Map(read);
    for (const [, known] of read) this.#options.onRead?.(isUsable(known));
  }

  /** The context for a host name, by the rule that the status of the application is judged by too. */
  contextFor(host: string): SecureContext | undefined {
    return certificateFor(host, this.#served, this.#options.now())?.context;
  }

  /**
   * What is shown where a client names no host, or one of which there is no certificate: that of the support host, else the
   * first that is served. Which host is meant is said by the request, inside.
   */
  defaultFor(supportHost: string | undefined): TlsPair | undefined {
    const served = this.#served;
    const own = supportHost && certificateFor(supportHost, served, this.#options.now());
    return own || served[0];
  }

  get size(): number {
    return this.#served.length;
  }

  /** How many of the Secrets that the policy names gave nothing that can be used. */
  get missing(): number {
    return [...this.#known.values()].filter((known) => !isUsable(known)).length;
  }

  /** When the first of those that are served ends, epoch milliseconds; undefined where there is none. */
  get firstEnd(): number | undefined {
    const ends = this.#served.map(({ certificate }) => certificate.validToDate.getTime());
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /**
   * An entry for each Secret as it is now, also if an earlier pair of it is served still: the next start of the gateway
   * would have none. Undefined where the API server did not answer about one of them.
   */
  entries(): Readonly<Record<string, string>> | undefined {
    const all = [...this.#known];
    const answered = all.flatMap(([name, { found }]) => (found ? [[name, entryOf(found)] as const] : []));
    return answered.length < all.length ? undefined : Object.fromEntries(answered);
  }

  get #served(): readonly TlsPair[] {
    return [...this.#known.values()].flatMap(({ served }) => served ?? []);
  }

  async #load(name: string): Promise<Known> {
    const known = this.#known.get(name);
    try {
      const ref = { namespace: this.#options.namespace, name };
      const secret = await this.#options.client.get<TlsSecret>(Secrets, ref);
      const version = `${secret.metadata.uid}/${secret.metadata.resourceVersion}`;
      if (known?.version === version) return known;
      const found = pairIn(secret.data);
      if (typeof found !== 'string') return { version, found, served: found };
      this.#options.onFailure(name, new Error(found));
      return { version, found, served: known?.served };
    } catch (error) {
      const found = refusalIn(error);
      // Told once and not at each look, every ten seconds; the status of the policy goes on telling it.
      if (known === undefined || known.found !== found) this.#options.onFailure(name, error);
      return { found, served: known?.served };
    }
  }
}

function isUsable({ found }: Known): boolean {
  return found !== undefined && typeof found !== 'string';
}

function refusalIn(error: unknown): SecretFlaw | undefined {
  if (isNotFound(error)) return 'Missing';
  return error instanceof KubeError && error.status === 403 ? 'Forbidden' : undefined;
}
