/**
 * The one program of a control plane that tests stop, kill, pause and start again. Keeps its port and its database over
 * that, as a real API server behind a stable address would. Must not clean up anything: the owner does.
 */
import { eventually } from '../clock/eventually.ts';
import type { AdminRequests } from './admin-requests.ts';
import { isPaused } from './process-identity.ts';
import type { RunningProgram, Supervisor } from './supervisor.ts';

const READY_WITHIN = 60_000;
const STOPPED_WITHIN = 20_000;

export interface ApiServer {
  readonly pid: () => number;
  /** SIGTERM, then SIGKILL when it takes longer than 20 s. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash or the kernel's out-of-memory killer would. */
  kill(): Promise<void>;
  /** On the same port and etcd; returns when /readyz is ok. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. Returns when it has stopped. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
}

export interface ApiServerParts {
  readonly supervisor: Supervisor;
  readonly program: string;
  readonly flags: readonly string[];
  readonly admin: AdminRequests;
}

/** Starts an API server. The result is a refusal, not an error, when its port was taken in the meantime. */
export async function startApiServer(parts: ApiServerParts): Promise<ApiServer | 'port taken'> {
  const launch = async (): Promise<RunningProgram> =>
    parts.supervisor.start('kube-apiserver', parts.program, parts.flags);
  let running = await launch();
  const first = await readyOrExited(running, parts.admin);
  if (first !== 'ready') {
    if (first.includes('address already in use')) return 'port taken';
    throw new Error(`kube-apiserver did not become ready:\n${first}`);
  }
  return {
    pid: () => running.pid,
    stop: async () => {
      running.signal('SIGTERM');
      const impatience = setTimeout(() => running.signal('SIGKILL'), STOPPED_WITHIN);
      await running.exited;
      clearTimeout(impatience);
    },
    kill: async () => {
      running.signal('SIGKILL');
      await running.exited;
    },
    start: async () => {
      running = await launch();
      const again = await readyOrExited(running, parts.admin);
      if (again !== 'ready') throw new Error(`kube-apiserver did not start again:\n${again}`);
    },
    pause: async () => {
      running.signal('SIGSTOP');
      await untilPaused(running.pid, true);
    },
    resume: async () => {
      running.signal('SIGCONT');
      await untilPaused(running.pid, false);
    },
  };
}

/** Signals are not heard at once: a test that goes on too early would still get an answer. */
async function untilPaused(pid: number, wanted: boolean): Promise<void> {
  await eventually(
    () => {
      if (isPaused(pid) !== wanted) throw new Error(`kube-apiserver is ${wanted ? 'not' : 'still'} paused`);
    },
    { every: 5 },
  );
}

async function readyOrExited(running: RunningProgram, admin: AdminRequests): Promise<string> {
  const ready = eventually(
    async () => {
      const { status, text } = await admin.send('GET', '/readyz', { timeout: 2_000 });
      if (status !== 200) throw new Error(`/readyz says ${status}: ${text}`);
      return 'ready';
    },
    { within: READY_WITHIN },
  );
  // It goes on looking in the background when the program has exited; that failure is told already.
  ready.catch(() => {});
  return Promise.race([ready, running.exited.then(() => running.lastWords())]);
}
