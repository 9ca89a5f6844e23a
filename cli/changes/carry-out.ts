/** Shows a change, asks, writes it, waits until it is in force, and confirms. The same for every command that changes. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { KubeObject } from '../../kube/objects.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  exitCodes,
  type OutputFormat,
  type Terminal,
  UsageError,
} from '../command.ts';
import { durationMs } from '../frame-options.ts';
import { formatOf, printObjects, whichObjects } from '../output/print-object.ts';
import { mayHaveWritten, writing } from '../written.ts';
import { type Already, cameBetween, type InForce, type PlannedChange } from './change.ts';
import { isConfirmed, show } from './dialog.ts';
import { writeSurely } from './lost-response.ts';
import { waitFor } from './wait.ts';

/** How often a change is planned again since another write came in between, before it is given up. */
const mostPlans = 5;

/** Carries a change out. `plan` reads what is there and says what would be done; it may be called several times. */
export async function carryOut(
  input: CommandInput,
  terminal: Terminal,
  plan: () => Promise<PlannedChange>,
): Promise<ExitCode> {
  const options = optionsOf(input);
  let shown: string | undefined;
  for (let plans = 1; plans <= mostPlans; plans += 1) {
    const planned = await plan();
    if (planned.already !== undefined)
      return finishAlready({ planned, ...planned.already }, options, terminal);
    const text = JSON.stringify([planned.title, planned.before, planned.after, planned.words]);
    if (text !== shown) {
      if (shown !== undefined) terminal.say('It was changed meanwhile. What would be done now:');
      show(planned, terminal);
      if (!options.dryRun && !(await isConfirmed(planned, options.yes, terminal))) return exitCodes.declined;
    }
    shown = text;
    const stored = await stepOf(planned, options, terminal);
    if (stored !== undefined) return finish({ planned, stored, options, terminal });
  }
  throw new CannotTell(
    `other writes come in between all the time${mayHaveWritten(terminal) ? '' : ', so nothing was written'}; run it again, or see with kubectl get --show-managed-fields -o yaml which program writes`,
  );
}

interface Options {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly format: OutputFormat | undefined;
}

function optionsOf(input: CommandInput): Options {
  const timeoutMs = durationMs(input.option('timeout') ?? '60s', '--timeout');
  if (timeoutMs === 0) throw new UsageError('--timeout must not be 0; --wait=false does not wait');
  return {
    yes: input.flag('yes'),
    dryRun: input.option('dryRun') !== undefined,
    wait: input.option('wait') !== 'false',
    timeoutMs,
    format: formatOf(input),
  };
}

/** Writes; undefined where another write came in between. */
async function stepOf(
  planned: PlannedChange,
  { dryRun }: Options,
  terminal: Terminal,
): Promise<KubeObject | undefined> {
  try {
    if (dryRun) return await planned.write({ dryRun });
    return await writing(terminal, planned.written, async (onLost) =>
      writeSurely(planned, { terminal, onLost }),
    );
  } catch (error) {
    if (cameBetween(error)) return undefined;
    throw error;
  }
}

interface Finishing {
  readonly planned: PlannedChange;
  readonly stored: KubeObject;
  readonly options: Options;
  readonly terminal: Terminal;
}

async function finish({ planned, stored, options, terminal }: Finishing): Promise<ExitCode> {
  const { dryRun, wait } = options;
  if (dryRun || !wait) {
    const how = dryRun ? 'would be accepted (server dry run); nothing was stored' : 'stored; not waited for';
    await confirm([`${planned.written}: ${how}.`], { planned, stored, options, terminal });
    return exitCodes.good;
  }
  return untilInForce({ planned, stored, options, terminal }, `${planned.written}, and stored.`);
}

/** That it is stored so does not mean that it is in force: that is looked at as after a write. */
async function finishAlready(
  { planned, says, object: stored }: { readonly planned: PlannedChange } & Already,
  options: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  const { dryRun, wait } = options;
  const sentence = `${says}; nothing ${mayHaveWritten(terminal) ? 'more ' : ''}was changed.`;
  if (dryRun || !wait) {
    await confirm([sentence], { planned, stored, options, terminal });
    return exitCodes.good;
  }
  terminal.say(escapeUnsafe(sentence));
  return untilInForce({ planned, stored, options, terminal }, `${says}.`);
}

/** Waits, and confirms; `isStored` is what is certain where it was not seen in force in time. */
async function untilInForce(
  { planned, stored, options, terminal }: Finishing,
  isStored: string,
): Promise<ExitCode> {
  const { timeoutMs } = options;
  const inForce = await waitFor({ what: planned.waitsFor, timeoutMs, terminal }, async () =>
    planned.look(stored),
  );
  if (inForce === undefined) {
    const seconds = Math.round(timeoutMs / 1000);
    await confirm([isStored], { planned, stored, options, terminal });
    terminal.say(
      `After ${seconds} s it is not confirmed yet: waited ${planned.waitsFor}. "kubectl support-access check" says whether the operator works.`,
    );
    return exitCodes.incomplete;
  }
  await confirm(inForce.says, { planned, stored: inForce.object ?? stored, options, terminal });
  return exitOf(inForce);
}

const exitOf = ({ asWanted }: InForce): ExitCode => (asWanted ? exitCodes.good : exitCodes.incomplete);

/** Words for people on stdout, or the objects there and the words beside them. */
async function confirm(
  sentences: readonly string[],
  { planned, stored, options: { format }, terminal }: Finishing,
): Promise<void> {
  const says = sentences.map(escapeUnsafe);
  const objects = planned.printed ?? [stored];
  if (format === undefined || format === 'wide') {
    const lines = format === 'wide' ? whichObjects(objects) : '';
    await terminal.out(says.map((line) => `${line}\n`).join('') + lines);
    return;
  }
  for (const line of says) terminal.say(line);
  await printObjects(objects, format, terminal);
}
