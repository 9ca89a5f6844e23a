/**
 * Which keys make sessions and cookies genuine? One master key in the gateway's Secret, made by the first gateway that
 * finds the Secret empty and read by all others; every purpose gets a key of its own from it.
 */

import { hkdfSync, randomBytes } from 'node:crypto';
import { installed } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isConflict } from '../../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';

/** The field of the Secret, which the chart makes empty; only gateways may read or fill it. */
const dataKey = 'master.key';
const keyBytes = 32;

/** What a key is for. Keys of different purposes tell nothing about each other. */
export type KeyPurpose =
  | 'session-proof'
  | 'session-cookie'
  | 'enter-code'
  | 'entered-application'
  | 'sign-in-cookie'
  | 'assertion';

export interface GatewayKeys {
  /** The 256-bit key of one purpose. */
  keyFor(purpose: KeyPurpose): Buffer;
}

interface KeysSecret extends KubeObject {
  data?: Record<string, string>;
}

/** What loading needs of a client. */
export interface KeysClient {
  get(resource: typeof Secrets, ref: ObjectRef): Promise<KeysSecret>;
  update(...parameters: Parameters<KubeClient['update']>): Promise<unknown>;
}

/** Keys derived from one master key (HKDF-SHA-256, RFC 5869). Throws when it is not 32 bytes: a short key is no key. */
export function keysFrom(master: Uint8Array): GatewayKeys {
  if (master.length !== keyBytes)
    throw new Error(`the gateway's master key has ${master.length} bytes, not 32`);
  const derived = new Map<KeyPurpose, Buffer>();
  return {
    keyFor(purpose) {
      const known = derived.get(purpose);
      if (known !== undefined) return known;
      const key = Buffer.from(hkdfSync('sha256', master, '', `support-access/${purpose}`, keyBytes));
      derived.set(purpose, key);
      return key;
    },
  };
}

/**
 * The keys from the Secret, filled first if it is empty. Of several gateways that start at once the API server's
 * resourceVersion check lets exactly one write; the others read what it wrote. Throws when the Secret does not exist.
 */
export async function loadKeys(client: KeysClient, namespace: string): Promise<GatewayKeys> {
  const ref = { namespace, name: installed.gatewayKeys };
  const secret = await client.get(Secrets, ref);
  const master = secret.data?.[dataKey];
  if (master !== undefined) return keysFrom(Buffer.from(master, 'base64'));
  const made = { [dataKey]: randomBytes(keyBytes).toString('base64') };
  try {
    await client.update(Secrets, { ...secret, data: { ...secret.data, ...made } });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  // Read again in both cases: only what is stored may ever sign anything.
  const stored = await client.get(Secrets, ref);
  return keysFrom(Buffer.from(stored.data?.[dataKey] ?? '', 'base64'));
}
