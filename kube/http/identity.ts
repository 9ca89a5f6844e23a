/** As whom requests are sent, and over which TLS. */
import { readFile } from 'node:fs/promises';

export interface TlsIdentity {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string | undefined;
  /** Headers besides: whom the caller asks to be taken for. */
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined;
  readonly tls: TlsIdentity;
}

/** What a kubeconfig says beside the credentials. */
export interface ConfiguredPlace {
  readonly server: URL;
  /** The proxy through which it is reached. */
  readonly proxy?: URL | undefined;
  /** The name of the context; undefined in a pod. */
  readonly context?: string | undefined;
  /** The namespace of the context, where it names one; in a pod that of the pod. */
  readonly namespace?: string | undefined;
}

/** Where credentials come from, read anew each time. */
export interface CredentialOrigin extends ConfiguredPlace {
  /** `wereRefused`: those that were read last are not good any more, whatever they say of their end. */
  read(wereRefused: boolean): Promise<Credentials>;
}

/** Whether two identities would make the same TLS connection. */
export function sameIdentity(a: TlsIdentity, b: TlsIdentity): boolean {
  const parts = ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized'] as const;
  return parts.every((part) => String(a[part]) === String(b[part]));
}

/** The token in a file. */
export async function bearerFrom(path: string): Promise<string> {
  const token = (await readFile(path, 'utf8')).trim();
  if (token === '') throw new Error(`${path} is empty`);
  return `Bearer ${token}`;
}
