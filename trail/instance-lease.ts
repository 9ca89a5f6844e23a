/**
 * Tells the records that this instance of a program still lives, so that they can close the intents of one that does
 * not. On a connection of its own: an append that hangs must not make an instance look dead.
 */
import { SupportAccessError } from '../crds/errors.ts';
import { type ConnectionOptions, openConnection } from './connection.ts';
import {
  detailIn,
  type InstancesResponse,
  mostOffsetMs,
  type ProgramClock,
  type RecordsVolume,
} from './wire.ts';

export interface InstanceLease {
  /** Resolves to what other programs said of their clocks; rejects when the records did not take it within `withinMs`. */
  renew(): Promise<readonly ProgramClock[]>;
  /** Names of SupportUsers that the gateways told, as of the last renewal. */
  nearMisses(): readonly string[];
  /** How full the volume of the records is, as of the last renewal; undefined where they did not say. */
  volume(): RecordsVolume | undefined;
  close(): Promise<void>;
}

export interface InstanceLeaseOptions extends ConnectionOptions {
  readonly instance: string;
  /** The API server's time minus ours, milliseconds; undefined before it is known. */
  readonly clockOffsetMs?: () => number | undefined;
  /** Of a gateway: whom an identity provider named almost as they are on file. */
  readonly nearMisses?: () => readonly string[];
}

const withinMs = 3000;

export function createInstanceLease({
  instance,
  clockOffsetMs = () => undefined,
  nearMisses,
  ...options
}: InstanceLeaseOptions): InstanceLease {
  const connection = openConnection(options);
  let told: readonly string[] = [];
  let volume: RecordsVolume | undefined;
  return {
    async renew() {
      const { status, text } = await connection.call({
        method: 'POST',
        path: '/v1/instances',
        body: JSON.stringify({ instance, clockOffsetMs: clockOffsetMs(), nearMisses: nearMisses?.() }),
        signal: AbortSignal.timeout(withinMs),
      });
      // Records of an older release say nothing of clocks.
      if (status === 204) return [];
      if (status !== 200) throw refusedRenewal(status, text);
      told = namesIn(text);
      volume = volumeIn(text);
      return clocksIn(text);
    },
    nearMisses: () => told,
    volume: () => volume,
    close: () => connection.close(),
  };
}

/** The clocks that the records tell; what is not in this form is left out, and never keeps a lease from being renewed. */
function clocksIn(text: string): readonly ProgramClock[] {
  const { clocks } = parsed(text);
  return Array.isArray(clocks) ? clocks.filter(isClock) : [];
}

function namesIn(text: string): readonly string[] {
  const { nearMisses } = parsed(text);
  return Array.isArray(nearMisses) ? nearMisses.filter(isName) : [];
}

const levels: readonly unknown[] = ['fine', 'filling', 'almost-full'] satisfies RecordsVolume['level'][];

/** What is not in this form is left out, as is all that such records say of their volume. */
function volumeIn(text: string): RecordsVolume | undefined {
  const { bytes, freeBytes, usedPercent, level }: Partial<RecordsVolume> = parsed(text).volume ?? {};
  if (!isSize(bytes) || !isSize(freeBytes) || !isSize(usedPercent)) return undefined;
  return level !== undefined && levels.includes(level) ? { bytes, freeBytes, usedPercent, level } : undefined;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Whether this can be the name of a SupportUser. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 253 && /^[a-z0-9][a-z0-9.-]*$/.test(value);
}

function parsed(text: string): Partial<InstancesResponse> {
  try {
    return (JSON.parse(text) as Partial<InstancesResponse> | null) ?? {};
  } catch {
    return {};
  }
}

const known: readonly unknown[] = ['gateway', 'operator', 'webhook'] satisfies ProgramClock['program'][];

function isClock(value: unknown): value is ProgramClock {
  const { program, offsetMs } = (value ?? {}) as Partial<ProgramClock>;
  return known.includes(program) && isOffset(offsetMs);
}

/** Whether this is an offset that a clock can have. */
export function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= mostOffsetMs;
}

function refusedRenewal(status: number, text: string): SupportAccessError {
  const detail = detailIn(text);
  const said = detail === undefined ? '' : `: ${detail}`;
  return new SupportAccessError('records_unavailable', `the records answered ${status} to a renewal${said}`);
}
