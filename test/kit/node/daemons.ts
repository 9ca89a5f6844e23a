/**
 * The programs of one run of a node, kept running as a service manager would: what ends is started again, until the node
 * itself ends. While the node comes up, one that ends is an error.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningProgram, Supervisor } from '../control-plane/supervisor.ts';
import { insideArgs, type Namespaces } from './namespaces.ts';

export class Daemons {
  readonly #supervisor: Supervisor;
  readonly #directory: string;
  readonly #namespaces: Namespaces;
  readonly #kept: Promise<void>[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #comingUp = true;
  #over = false;

  constructor(supervisor: Supervisor, directory: string, namespaces: Namespaces) {
    this.#supervisor = supervisor;
    this.#directory = directory;
    this.#namespaces = namespaces;
    this.#failed.promise.catch(() => {});
    void namespaces.running.exited.then(() => {
      this.#over = true;
      this.#failed.reject(new Error('the node ended while it came up'));
    });
  }

  /** Starts a program inside. */
  async start(name: string, command: readonly string[]): Promise<void> {
    const launch = async (): Promise<RunningProgram> =>
      this.#supervisor.start(name, 'nsenter', insideArgs(this.#directory, command));
    this.#kept.push(this.#keep(name, await launch(), launch));
  }

  /** Waits for something that needs the programs: also ends when one of them does. */
  async whileRunning<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#failed.promise]);
  }

  /** From now on a program that ends is started again. */
  areUp(): void {
    this.#comingUp = false;
  }

  /** Returns when the node and all programs have ended. */
  async ended(): Promise<void> {
    await this.#namespaces.running.exited;
    await Promise.all(this.#kept);
  }

  async #keep(name: string, first: RunningProgram, again: () => Promise<RunningProgram>): Promise<void> {
    let running = first;
    for (;;) {
      await Promise.race([running.exited, this.#namespaces.running.exited]);
      // The end of the node ends its programs, and may be told after theirs.
      await Promise.race([this.#namespaces.running.exited, delay(500)]);
      if (this.#over) {
        // The `nsenter` above a program that was paused is paused as well, and does not end by itself.
        running.signal('SIGKILL');
        await running.exited;
        return;
      }
      if (this.#comingUp) {
        this.#failed.reject(new Error(`${name} ended while the node came up:\n${running.lastWords()}`));
        return;
      }
      running = await again();
    }
  }
}
