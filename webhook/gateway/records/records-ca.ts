/**
 * Which authority signed the certificate of the records server? The in-cluster process publishes it in a ConfigMap and
 * rotates it; it is read again and again. While it is unknown nothing can be recorded, and so nothing is let through.
 */
import { installed } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { ConfigMaps } from '../../../kube/resources.ts';

const caKey = 'ca.crt';

interface CaConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

export class RecordsCa {
  readonly #client: Pick<KubeClient, 'get'>;
  readonly #namespace: string;
  #bundle: string | undefined;

  constructor(client: Pick<KubeClient, 'get'>, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Reads the bundle as it is now; one that was read before stays when this fails. */
  async refresh(): Promise<void> {
    const ref = { namespace: this.#namespace, name: installed.authority };
    const { data } = await this.#client.get<CaConfigMap>(ConfigMaps, ref);
    this.#bundle = data?.[caKey] ?? this.#bundle;
  }

  get isKnown(): boolean {
    return this.#bundle !== undefined;
  }

  /** Throws while it is not published: without it Node would trust the public authorities. */
  get bundle(): string {
    if (this.#bundle === undefined) throw new Error('the CA of the records server is not published yet');
    return this.#bundle;
  }
}
