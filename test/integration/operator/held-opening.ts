/** Holds an operator between the record of an opening and its report. */
import type { NewRecord } from '../../../crds/audit/record.ts';
import { isSupportAccessError } from '../../../crds/errors.ts';
import type { Trail } from '../../../trail/trail.ts';
import type { GrantSetting } from '../../kit/installation/grant-setting.ts';
import type { Between } from '../../kit/installation/operator-in-process.ts';

/**
 * Stands between an operator and its report: it has recorded the first opening of that grant, and goes on when it is let. A
 * record that an earlier try had stored, of which the answer was not waited for, is refused as known: recorded as well.
 */
export class HeldOpening {
  readonly #recorded = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  readonly #namespace: string;
  readonly recorded = this.#recorded.promise;
  readonly release = this.#released.resolve;

  constructor({ grantRef }: GrantSetting) {
    this.#namespace = grantRef.namespace;
  }

  get between(): Between {
    const append =
      (inner: Trail): Trail['append'] =>
      async (...given) => {
        const storing = inner.append(...given);
        if (given[0].some((record) => this.#isOpening(record)) && (await isRecorded(storing))) {
          this.#recorded.resolve();
          await this.#released.promise;
        }
        return storing;
      };
    return { trail: (inner) => ({ ...inner, append: append(inner) }) };
  }

  #isOpening({ type, grant }: NewRecord): boolean {
    return type === 'grant.activated' && grant?.namespace === this.#namespace;
  }
}

async function isRecorded(storing: Promise<unknown>): Promise<boolean> {
  return storing.then(
    () => true,
    (error: unknown) => isSupportAccessError(error, 'records_conflict'),
  );
}
