/** Renders a notice of what is in the cluster now. Sends nothing. */
import { type Certainty, certainties } from '../../crds/audit/requester.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import type { SupportAccessPolicy } from '../../crds/generated/support-access-policy.ts';
import { kinds } from '../../crds/kinds.ts';
import { policyName } from '../../crds/names.ts';
import {
  isNoticeEvent,
  type NoticeEvent,
  noticeEventNames,
  noticeEvents,
} from '../../crds/notices/events.ts';
import { isLanguageTag, languages } from '../../crds/notices/languages/index.ts';
import type { Notice, NoticeActor } from '../../crds/notices/notice.ts';
import { type RenderedNotice, renderNotice } from '../../crds/notices/render.ts';
import { toldOfGrant, toldOfInstallation } from '../../crds/notices/told.ts';
import { printable } from '../../crds/rules/problem.ts';
import { clockFaces } from '../../process/clock-face.ts';
import { redactedText } from '../../process/redaction.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, findOrNothing } from '../cluster/find.ts';
import { type CommandInput, type ExitCode, exitCodes, type Terminal, UsageError } from '../command.ts';

const formats = ['text', 'html', 'json'];

/** What is asked for, before any cluster is. */
interface Wish {
  readonly event: NoticeEvent;
  readonly certainty: Certainty;
  readonly grant: string | undefined;
}

/** `notices preview EVENT`. */
export async function previewNotice(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const wish = wishOf(input);
  const tag = input.option('language') ?? 'en';
  if (!isLanguageTag(tag)) throw wrong('--language', tag, Object.keys(languages));
  const format = input.option('output') ?? 'text';
  if (!formats.includes(format)) throw wrong('--output', format, formats);
  const notice = await withCluster(input, terminal, (cluster) => noticeNow(cluster, wish));
  const saying = { language: languages[tag], faceOf: clockFaces(terminal.zone) };
  await terminal.out(inFormat(renderNotice(notice, saying), format));
  return exitCodes.good;
}

function wishOf(input: CommandInput): Wish {
  const [event = ''] = input.arguments;
  if (!isNoticeEvent(event)) throw wrong('EVENT', event, noticeEventNames);
  const who = input.option('who') ?? 'proved';
  const certainty = certainties.find((one) => one === who);
  if (certainty === undefined) throw wrong('--who', who, certainties);
  const grant = input.option('grant');
  if (grant === undefined && noticeEvents[event].about === 'grant') {
    throw new UsageError(
      `--grant must be given for ${event}, which is about a grant; name one, for example --grant case-4711`,
    );
  }
  return { event, certainty, grant };
}

function wrong(what: string, value: string, allowed: readonly string[]): UsageError {
  const list = allowed.join(', ');
  return new UsageError(
    `${what} must be one of ${list}, not "${printable(value)}"; write for example ${allowed[0]}`,
  );
}

async function noticeNow(cluster: Cluster, { event, certainty, grant }: Wish): Promise<Notice> {
  const [policy, found] = await Promise.all([
    findOrNothing<SupportAccessPolicy>(cluster, kinds.SupportAccessPolicy, { name: policyName }),
    grant === undefined
      ? undefined
      : find<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, {
          namespace: cluster.namespace,
          name: grant,
        }),
  ]);
  const told = found === undefined ? {} : toldOfGrant(found);
  return {
    event,
    at: cluster.now(),
    who: exampleActor(policy, certainty),
    installation: toldOfInstallation(policy),
    ...told,
    ...(told.why === undefined ? {} : { why: redactedText(told.why) }),
  };
}

/** An administrator of the policy, as if it had been they. */
function exampleActor(policy: SupportAccessPolicy | undefined, certainty: Certainty): NoticeActor {
  if (certainty === 'unknown') return { certainty };
  const [first] = policy?.spec.administrators ?? [];
  return { certainty, username: first?.user ?? first?.name ?? 'grace@example.com' };
}

function inFormat({ subject, text, html }: RenderedNotice, format: string): string {
  if (format === 'json') return `${JSON.stringify({ subject, text, html }, undefined, 2)}\n`;
  return format === 'html' ? html : `${subject}\n\n${text}`;
}
