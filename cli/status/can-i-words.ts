/** An answer of `can-i` for people and for programs: yes or no, each check in its order, and the way out. Pure. */
import { formatAddress } from '../../crds/rules/address/address.ts';
import { reasons } from '../../crds/rules/reasons.ts';
import { labelled, wrapped } from '../output/fitted.ts';
import { shownTime, writtenTime } from '../times/show.ts';
import type { AskedAccess, RequestAsked } from './asks.ts';
import type { CheckFinding, JudgedAccess } from './judge.ts';
import { checkTitles, objectionText, wayOut } from './words.ts';
import type { SeenWorld } from './world.ts';

export interface Asked {
  readonly world: SeenWorld;
  readonly question: AskedAccess;
  /** Whether it is about another moment than now. */
  readonly isLater: boolean;
}

/** For people: the answer first. */
export function judgedText(
  asked: Asked,
  answer: JudgedAccess,
  { width, zone }: { readonly width: number; readonly zone: string },
): string {
  const lines = [
    ...wrapped(`${answer.answer}: ${sentenceOf(asked, answer, zone)}`, width),
    '',
    ...answer.findings
      .filter(({ says }) => says !== 'not asked')
      .flatMap((finding) => {
        const label = finding.says === 'unknown' ? '?' : finding.says;
        return labelled(label, findingTexts(finding, asked.world), { width, column: 5 });
      }),
    ...(answer.answer === 'cannot tell' ? ['', ...wrapped(whoMay, width)] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const whoMay =
  'The ClusterRole support-access-viewer reads the objects of support access, and view the Service, its EndpointSlices and pods.';

function sentenceOf(asked: Asked, answer: JudgedAccess, zone: string): string {
  const { world, question, isLater } = asked;
  const { name, namespace = '' } = world.grant.metadata;
  const who = question.person?.name ?? 'the person';
  const from = question.address === undefined ? '' : ` from ${formatAddress(question.address)}`;
  const when = isLater ? ` at ${shownTime(question.now, zone)}` : ' now';
  const what =
    question.request === undefined ? 'be let in' : `be let in and do this (${requestText(question.request)})`;
  const whether = `${who} would ${answer.answer === 'no' ? 'not ' : ''}${what} by grant ${namespace}/${name}${from}${when}`;
  if (answer.answer === 'yes')
    return `${whether}, until ${untilText(answer.until, zone)} if nothing changes.`;
  if (answer.answer === 'no') return `${whether}. ${objectionText(answer.objection, world)}`;
  return `it is not known whether ${whether}: ${answer.lacks.join('; ')}.`;
}

function untilText(until: number, zone: string): string {
  return Number.isFinite(until) ? shownTime(until, zone) : 'it is taken back';
}

function requestText(request: RequestAsked): string {
  if ('path' in request) return `${request.method} ${request.path}`;
  const { module, subModule, action } = request.target;
  return [module, subModule, action].filter((part) => part !== undefined).join(' / ');
}

function findingTexts(finding: CheckFinding, world: SeenWorld): string[] {
  const title = checkTitles[finding.check];
  if (finding.says === 'unknown') return [`${title}: ${finding.lacks}`];
  if (finding.says !== 'no') return [title];
  const { objection } = finding;
  const way = wayOut(objection, world);
  const said = `${title}: ${objectionText(objection, world)} (${objection.reason})`;
  return way === '' ? [said] : [said, `Way out: ${way}`];
}

/** For programs. */
export function judgedData({ world, question }: Asked, answer: JudgedAccess): object {
  const { name, namespace } = world.grant.metadata;
  return {
    answer: answer.answer,
    person: question.person?.name,
    grant: { namespace, name },
    from: question.address && formatAddress(question.address),
    at: writtenTime(question.now),
    ...(question.request === undefined ? {} : { request: question.request }),
    ...(answer.answer === 'yes' && Number.isFinite(answer.until) ? { until: writtenTime(answer.until) } : {}),
    ...(answer.answer === 'no'
      ? { reason: answer.objection.reason, message: objectionText(answer.objection, world) }
      : {}),
    ...(answer.answer === 'cannot tell' ? { lacks: answer.lacks } : {}),
    checks: answer.findings.map((finding) => findingData(finding, world)),
  };
}

function findingData(finding: CheckFinding, world: SeenWorld): object {
  const { check, says } = finding;
  if (finding.says === 'unknown') return { check, says, lacks: finding.lacks };
  if (finding.says !== 'no') return { check, says };
  const { objection } = finding;
  const message = objectionText(objection, world);
  const meaning = reasons[objection.reason].sentence;
  return { check, says, reason: objection.reason, meaning, message, wayOut: wayOut(objection, world) };
}
