/** What an editor of a namespace may write without end and without opening anything: each sort of storm of row N1. */
import { type Caller, type CallResponse, mergePatch } from '../../kit/control-plane/caller.ts';

export interface Storm {
  readonly name: string;
  /** Requests of each write, where there are more than one: the rate is that of requests. */
  readonly requests?: number;
  /** One write; `serial` makes it another one than those before. */
  readonly write: (editor: Caller, serial: string) => Promise<CallResponse>;
}

const inGroup = '/apis/supportaccess.dev/v1beta1/namespaces/ecase';
const grants = `${inGroup}/supportaccessgrants`;

/** The disabled grant that is written to. */
export const stormName = 'storm';
const own = `${grants}/${stormName}`;

const patch =
  (path: string, body: (serial: string) => unknown): Storm['write'] =>
  (editor, serial) =>
    editor('PATCH', path, { body: body(serial), contentType: mergePatch });

const annotated = (note: string) => ({ metadata: { annotations: { note } } });

/** All of them on kinds of ours. */
export const storms: readonly Storm[] = [
  { name: 'annotations', write: patch(own, annotated) },
  { name: 'labels', write: patch(own, (serial) => ({ metadata: { labels: { note: serial } } })) },
  { name: 'patches that change nothing', write: patch(own, () => annotated('same')) },
  {
    name: 'statuses, which are refused',
    write: patch(`${own}/status`, (serial) => ({ status: { activeReason: serial } })),
  },
  { name: 'annotations of an application', write: patch(`${inGroup}/supportapplications/ecase`, annotated) },
  { name: 'dry runs', write: patch(`${own}?dryRun=All`, annotated) },
  { name: 'grants made and deleted', requests: 3, write: madeAndDeleted },
];

async function madeAndDeleted(editor: Caller, serial: string): Promise<CallResponse> {
  const { body } = await editor('GET', own);
  const { apiVersion, kind, spec } = body as Record<string, unknown>;
  const name = `made-${serial.replace(/[^0-9]/g, '-')}`;
  await editor('POST', grants, { body: { apiVersion, kind, spec, metadata: { name } } });
  return editor('DELETE', `${grants}/${name}`);
}
