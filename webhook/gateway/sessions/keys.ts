/**
 * Which keys make sessions and cookies genuine? One master key in the gateway's Secret, made by the first gateway that
 * finds the Secret empty and read by all others; every purpose gets a key of its own from it. Who writes another one into the
 * Secret replaces it: `followed-keys.ts`.
 */

import { hkdfSync, randomBytes } from 'node:crypto';
import { installed } from '../../../crds/names.ts';
import type { KubeClient } from '../../../kube/api/client.ts';
import { isConflict } from '../../../kube/errors.ts';
import type { KubeObject, ObjectRef } from '../../../kube/objects.ts';
import { Secrets } from '../../../kube/resources.ts';

/** The field of the Secret, which the chart makes empty; only gateways may read or fill it. */
const dataKey = 'master.key';
/** The one before it, which gateways put there when they see another one in its place. */
const earlierKey = 'earlier.key';
const keyBytes = 32;

/** What a key is for. Keys of different purposes tell nothing about each other. */
export type KeyPurpose =
  | 'session-proof'
  | 'session-cookie'
  | 'enter-code'
  | 'entered-application'
  | 'sign-in-cookie'
  | 'assertion'
  | 'masked-values';

export interface GatewayKeys {
  /** The 256-bit key of one purpose, by which something is sealed now. */
  keyFor(purpose: KeyPurpose): Buffer;
  /** Those by which something genuine may have been sealed, the one above first: while keys are replaced there are several. */
  keysFor(purpose: KeyPurpose): readonly Buffer[];
  /** Those by which any gateway may seal at this moment, or will soon, the one above first: what others are told to verify by. */
  keysInUse(purpose: KeyPurpose): readonly Buffer[];
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
  const keyFor = (purpose: KeyPurpose): Buffer => {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', master, '', `support-access/${purpose}`, keyBytes));
    derived.set(purpose, key);
    return key;
  };
  const all = (purpose: KeyPurpose): readonly Buffer[] => [keyFor(purpose)];
  return { keyFor, keysFor: all, keysInUse: all };
}

/** The master keys of the Secret, the newest first. */
export type MasterKeys = readonly [newest: Buffer, ...earlier: Buffer[]];

/**
 * The master keys from the Secret, filled first if it is empty. Of several gateways that start at once the API server's
 * resourceVersion check lets exactly one write; the others read what it wrote. Throws when the Secret does not exist.
 */
export async function loadMasterKeys(client: KeysClient, namespace: string): Promise<MasterKeys> {
  const ref = { namespace, name: installed.gatewayKeys };
  const secret = await client.get(Secrets, ref);
  if (secret.data?.[dataKey] !== undefined) return mastersIn(secret);
  await write(client, secret, { [dataKey]: randomBytes(keyBytes).toString('base64') });
  // Read again in both cases: only what is stored may ever sign anything.
  return mastersIn(await client.get(Secrets, ref));
}

/** The keys as they are now, for who does not go on to follow them. */
export async function loadKeys(client: KeysClient, namespace: string): Promise<GatewayKeys> {
  const [newest] = await loadMasterKeys(client, namespace);
  return keysFrom(newest);
}

/** Keeps an earlier key beside the newest, for gateways that start while sessions of it live. */
export async function keepEarlier(client: KeysClient, namespace: string, earlier: Buffer): Promise<void> {
  const secret = await client.get(Secrets, { namespace, name: installed.gatewayKeys });
  const text = earlier.toString('base64');
  const isThere = [dataKey, earlierKey].some((key) => secret.data?.[key] === text);
  if (!isThere) await write(client, secret, { [earlierKey]: text });
}

/** Takes an earlier key away that opens nothing any more, so that no gateway begins with it. */
export async function dropEarlier(client: KeysClient, namespace: string, earlier: Buffer): Promise<void> {
  const secret = await client.get(Secrets, { namespace, name: installed.gatewayKeys });
  if (secret.data?.[earlierKey] !== earlier.toString('base64')) return;
  const { [earlierKey]: _over, ...data } = secret.data;
  await write(client, { ...secret, data }, {});
}

/** Another gateway that wrote in between wrote the same, or made the key. */
async function write(client: KeysClient, secret: KeysSecret, data: Record<string, string>): Promise<void> {
  try {
    await client.update(Secrets, { ...secret, data: { ...secret.data, ...data } });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

function mastersIn({ data = {} }: KeysSecret): MasterKeys {
  const earlier = data[earlierKey];
  const newest = Buffer.from(data[dataKey] ?? '', 'base64');
  return earlier === undefined ? [newest] : [newest, Buffer.from(earlier, 'base64')];
}
