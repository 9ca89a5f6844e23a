/** Calls one webhook once, signed as Standard Webhooks says. A redirect is followed nowhere. */
import { createHash, createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { Saying } from '../../crds/notices/render.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { type OutsideRule, outsideJudge, outsideLookup, type Resolve } from './outside.ts';
import type { Delivery, NoticeSender, OutgoingNotice } from './sender.ts';
import { type WebhookFormat, webhookBody } from './webhook-bodies.ts';

export interface WebhookTarget {
  readonly name: string;
  readonly format: WebhookFormat;
  /** May be a secret itself, as of Slack: it is in no message. */
  readonly url: string;
  /** The key of the signature; without it, the call is not signed. */
  readonly key: Buffer | undefined;
}

export interface Calling {
  readonly target: WebhookTarget;
  readonly rule: OutsideRule;
  readonly saying: Saying;
  readonly now: () => number;
  readonly resolve?: Resolve;
  /** PEM; without it, the public authorities. */
  readonly ca?: string | undefined;
  /** How long one call may take, to the last byte of the answer. */
  readonly withinMs?: number;
}

const timeoutMs = 10_000;
const mostAnswer = 64 * 1024;

export function createWebhookSender(calling: Calling): NoticeSender {
  const { target, rule, saying, now, resolve, ca, withinMs = timeoutMs } = calling;
  const lookup = outsideLookup(rule, resolve);
  const agent = new Agent({
    connections: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: mostAnswer,
    connect: { lookup, timeout: timeoutMs, ...(ca === undefined ? {} : { ca }) },
  });
  return {
    async send(entry) {
      try {
        const url = new URL(target.url);
        const literal = url.hostname.replace(/^\[|\]$/g, '');
        // A literal address is looked up nowhere.
        if (isLiteral(literal) && !outsideJudge(rule)(literal)) return refusedLiteral;
        const body = JSON.stringify(webhookBody(target.format, entry.notice, saying));
        const headers = headersFor(entry, { body, key: target.key, at: now() });
        // The agent's limits are of pauses: who sends drop by drop keeps within them for ever.
        const signal = AbortSignal.timeout(withinMs);
        const answer = await request(url, { method: 'POST', dispatcher: agent, signal, headers, body });
        await answer.body.dump({ limit: mostAnswer, signal });
        return deliveryOf(answer.statusCode);
      } catch (error) {
        return { outcome: 'failed', why: withoutUrl(errorWithCauses(error), target.url) };
      }
    },
    close: () => void agent.destroy(),
  };
}

const isLiteral = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');

const refusedLiteral: Delivery = {
  outcome: 'failed',
  why: 'the url has an address that is not of the internet; name it in spec.notices.allowedInnerCIDRs if it is meant',
};

/** The id is the same for each try, so that a receiver can tell that it has it already. */
function headersFor(
  { key: id }: OutgoingNotice,
  { body, key, at }: { readonly body: string; readonly key: Buffer | undefined; readonly at: number },
): Record<string, string> {
  const messageId = `msg_${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
  const timestamp = String(Math.floor(at / 1000));
  const signed =
    key && createHmac('sha256', key).update(`${messageId}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'support-access',
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    ...(signed === undefined ? {} : { 'webhook-signature': `v1,${signed}` }),
  };
}

/** 410 says that the receiver is gone for good. Any other answer may be another one tomorrow. */
function deliveryOf(status: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'refused', why: 'it answered 410: it wants no more' };
  const redirected = status >= 300 && status < 400 ? ', and a redirect is not followed' : '';
  return { outcome: 'failed', why: `it answered ${status}${redirected}` };
}

/** Neither the url nor the host, by name or by address: who may only read the policy's status is told why, and not where. */
function withoutUrl(text: string, url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
  const named = new RegExp(`(?<![\\w.-])${host.replaceAll(/[.-]/g, '\\$&')}(?![\\w-])`, 'gi');
  const unnamed = text.replaceAll(url, 'its url').replaceAll(host === '' ? /$^/g : named, 'its host');
  return unnamed.replaceAll(/[\da-f:.]+/gi, (word) => {
    const isAddress = isIP(word) !== 0 || isIP(word.replace(/:\d+$/, '')) !== 0;
    return isAddress ? 'its address' : word;
  });
}
