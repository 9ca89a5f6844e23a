/** What a language has to say: the form of a file of the catalogue. It has words and their order, and decides nothing. */
import type { Requester } from '../../audit/requester.ts';
import type { NoticeEvent } from '../events.ts';

/** What the clocks of a zone show at an instant. */
export interface ClockFace {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The zone as the IANA names it, and by how much it is ahead of UTC. */
  readonly zone: string;
  readonly offsetMinutes: number;
}

/** The lines of a notice, each with what it is called. */
export const lineNames = [
  'state',
  'when',
  'who',
  'what',
  'people',
  'application',
  'matrix',
  'from',
  'until',
  'why',
  'folded',
  'record',
  'installation',
] as const;

export type LineName = (typeof lineNames)[number];

export interface EventTexts {
  /** The subject of the mail, without what it is about. */
  readonly title: string;
  /** How things stand now, in one sentence. */
  readonly state: string;
  /** What to do where it was not expected. */
  readonly unexpected: string;
}

export interface Language {
  /** As BCP 47 names it. */
  readonly tag: string;
  readonly labels: Readonly<Record<LineName, string>>;
  readonly unexpected: string;
  readonly notGiven: string;
  readonly anyAddress: string;
  /** Without the instant, which is written the same in each language. */
  date(face: ClockFace): string;
  /** By certainty; `product` is what the product did by itself. */
  who(certainty: Requester['certainty'] | 'product', name: string): string;
  folded(count: number, last: string): string;
  /** Why this mail came, at its end. */
  readonly footer: string;
  readonly events: Readonly<Record<NoticeEvent, EventTexts>>;
}
