/** The channels of one round, each made when something is to be sent by it: a changed policy or Secret counts from the next round on. */
import type { KubeClient } from '../../kube/api/client.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import { Secrets } from '../../kube/resources.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { listeningOf } from '../outputs/listening.ts';
import type { Caches } from '../watching/collections.ts';
import { createMailer, type MailLogin } from './mail.ts';
import type { NoticeSender } from './sender.ts';
import type { MailServer, NoticeSettings, WebhookSettings } from './settings.ts';
import { createWebhookSender, type WebhookTarget } from './webhook.ts';

export interface SenderParts {
  readonly client: Pick<KubeClient, 'get'>;
  readonly caches: Pick<Caches, 'apiServerSlices' | 'services'>;
  readonly releaseNamespace: string;
  readonly settings: NoticeSettings | undefined;
  readonly now: () => number;
}

export interface Senders {
  readonly of: (recipient: string) => Promise<NoticeSender>;
  close(): Promise<void>;
}

export function sendersOf(parts: SenderParts): Senders {
  const made = new Map<string, Promise<NoticeSender>>();
  return {
    of(recipient) {
      const name = parts.settings?.webhooks.has(recipient) === true ? recipient : 'mail';
      const known = made.get(name) ?? make(parts, name);
      made.set(name, known);
      return known;
    },
    async close() {
      for (const each of await Promise.allSettled(made.values()))
        if (each.status === 'fulfilled') each.value.close();
    },
  };
}

async function make(parts: SenderParts, name: string): Promise<NoticeSender> {
  const { settings, now } = parts;
  const webhook = settings?.webhooks.get(name);
  if (settings !== undefined && webhook !== undefined) {
    const rule = { allowed: settings.allowedInnerCIDRs, apiServer: apiServerAddresses(parts) };
    const { saying } = settings;
    return createWebhookSender({ target: await targetOf(parts, webhook), rule, saying, now, ca: webhook.ca });
  }
  if (settings?.mail === undefined) throw new Error('the policy names no mail server');
  const { mail: server, saying } = settings;
  return createMailer({ server, credentials: await loginOf(parts, server), saying });
}

/** Where it listens now: it may be an address of the internet. */
function apiServerAddresses({ caches }: SenderParts): readonly string[] {
  const { apiServer } = listeningOf(caches.services.list(), caches.apiServerSlices.list());
  return apiServer.flatMap(({ addresses }) => addresses);
}

async function loginOf(parts: SenderParts, { secretName }: MailServer): Promise<MailLogin | undefined> {
  if (secretName === undefined) return undefined;
  const { username, password } = await readSecret(parts, secretName);
  if (username && password) return { username, password };
  throw new Error(`Secret ${secretName} must have username and password, and has not; add what is missing`);
}

async function targetOf(
  parts: SenderParts,
  { name, format, url, secretName }: WebhookSettings,
): Promise<WebhookTarget> {
  const secret = secretName === undefined ? {} : await readSecret(parts, secretName);
  const address = url ?? secret['url']?.trim();
  if (address?.startsWith('https://') !== true)
    throw new Error(`webhook ${name} must have an https url, in the policy or as url in its Secret; add it`);
  const text = secret['secret']?.trim();
  return { name, format, url: address, key: text === undefined ? undefined : keyIn(text, name) };
}

/** As Standard Webhooks writes it: `whsec_` and base64, 24 to 64 bytes. */
function keyIn(text: string, name: string): Buffer {
  const key = Buffer.from(text.replace(/^whsec_/, ''), 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new Error(
    `webhook ${name}: secret in its Secret must be whsec_ and the base64 of 24 to 64 bytes; make one with: openssl rand -base64 32`,
  );
}

interface StoredSecret {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

async function readSecret(
  { client, releaseNamespace }: SenderParts,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const secret = await client
    .get<StoredSecret>(Secrets, { namespace: releaseNamespace, name })
    .catch((error: unknown) => {
      throw new Error(whyNotRead(error, { name, releaseNamespace }));
    });
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}

interface SecretPlace {
  readonly name: string;
  readonly releaseNamespace: string;
}

function whyNotRead(error: unknown, { name, releaseNamespace }: SecretPlace): string {
  if (isForbidden(error))
    return `Secret ${name}: the operator may not read it; add its name to the chart's value operator.noticeSecretNames`;
  if (isNotFound(error)) return `there is no Secret ${name} in ${releaseNamespace}; create it`;
  return `Secret ${name} could not be read: ${errorWithCauses(error)}`;
}
