/** What the policy says of notices, in the form that they are sent by: to whom, which, in which words, how long. */

import { defaults } from '../../crds/defaults.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { isNoticeEvent, type NoticeEvent, noticeEventNames } from '../../crds/notices/events.ts';
import { isLanguageTag, languages } from '../../crds/notices/languages/index.ts';
import type { Saying } from '../../crds/notices/render.ts';
import { clockFaces } from '../../process/clock-face.ts';
import type { WebhookFormat } from './webhook-bodies.ts';

type WrittenNotices = NonNullable<SupportAccessPolicy['spec']['notices']>;
type WrittenMail = NonNullable<WrittenNotices['mail']>;

/** The mail server, with every default. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'StartTLS' | 'Implicit' | 'Disabled';
  readonly ca: string | undefined;
  readonly from: string;
  /** The Secret with username and password, in the release namespace. */
  readonly secretName: string | undefined;
}

export interface WebhookSettings {
  readonly name: string;
  readonly format: WebhookFormat;
  /** Undefined where it stands in the Secret. */
  readonly url: string | undefined;
  readonly secretName: string | undefined;
  readonly ca: string | undefined;
}

export interface NoticeSettings {
  /** Undefined where no mail is sent. */
  readonly mail: MailServer | undefined;
  /** By the names of their recipients, `webhook:tickets`. */
  readonly webhooks: ReadonlyMap<string, WebhookSettings>;
  readonly allowedInnerCIDRs: readonly string[];
  /** Addresses of mails and names of webhooks, each once. */
  readonly recipients: readonly string[];
  /** Addresses of administrators that no mail can go to. */
  readonly unusable: readonly string[];
  readonly events: ReadonlySet<NoticeEvent>;
  readonly saying: Saying;
  readonly expiringSoonMs: number;
  readonly giveUpAfterMs: number;
}

const ports = { StartTLS: 587, Implicit: 465, Disabled: 25 } as const;

/** One plain address: what could end a header or name a second recipient is none. */
const plainAddress = /^[^@\s<>,;:()"[\]\p{C}]+@[^@\s<>,;:()"[\]\p{C}]+$/u;

/** Undefined where no one is told anything: there is no policy, or it names neither a mail server nor a webhook. */
export function noticeSettings(policy: SupportAccessPolicy | undefined): NoticeSettings | undefined {
  const written = policy?.spec.notices;
  if (policy === undefined || written === undefined) return undefined;
  const mail = written.mail && mailServer(written.mail);
  const webhooks = webhooksIn(written);
  if (mail === undefined && webhooks.size === 0) return undefined;
  const { administrators = [] } = policy.spec;
  const { recipients, unusable } = addressesIn(administrators, written.recipients ?? []);
  const all = [...(mail === undefined ? [] : recipients), ...webhooks.keys()];
  return { mail, webhooks, unusable, recipients: all, ...choicesIn(written) };
}

/** What has a default. */
function choicesIn(
  written: WrittenNotices,
): Omit<NoticeSettings, 'mail' | 'webhooks' | 'recipients' | 'unusable'> {
  const { expiringSoonSeconds, giveUpAfterSeconds } = { ...defaults, ...written };
  return {
    allowedInnerCIDRs: written.allowedInnerCIDRs ?? [],
    events: new Set((written.events ?? noticeEventNames).filter(isNoticeEvent)),
    saying: sayingIn(written),
    expiringSoonMs: expiringSoonSeconds * 1000,
    giveUpAfterMs: giveUpAfterSeconds * 1000,
  };
}

function webhooksIn({ webhooks = [] }: WrittenNotices): ReadonlyMap<string, WebhookSettings> {
  return new Map(
    webhooks.map(({ name, format = 'Standard', url, secretRef, ca }) => [
      `webhook:${name}`,
      { name, format, url, secretName: secretRef?.name, ca },
    ]),
  );
}

function sayingIn({ language = 'en', timeZone = 'UTC' }: WrittenNotices): Saying {
  return {
    language: isLanguageTag(language) ? languages[language] : languages.en,
    faceOf: clockFaces(timeZone),
  };
}

function addressesIn(
  administrators: readonly { readonly email?: string }[],
  recipients: readonly string[],
): Pick<NoticeSettings, 'recipients' | 'unusable'> {
  const all = [...new Set([...administrators.flatMap(({ email }) => email ?? []), ...recipients])];
  return {
    recipients: all.filter((address) => plainAddress.test(address)),
    unusable: all.filter((address) => !plainAddress.test(address)),
  };
}

function mailServer({
  host,
  port,
  tls = 'StartTLS',
  ca,
  from,
  credentialsSecretRef,
}: WrittenMail): MailServer {
  return { host, port: port ?? ports[tls], tls, ca, from, secretName: credentialsSecretRef?.name };
}
