/** What can be asked of a place where records lie, whether a file or the records door? */
import type { Head } from '../../crds/audit/verify.ts';

export interface RecordSource {
  /** The end of the log as the source remembers it apart from the records; a plain copy remembers none. */
  head(): Promise<Head | undefined>;
  /** Lines after the given sequence number, in the order in which they lie there. */
  lines(after: number): AsyncIterable<string>;
  close(): Promise<void>;
}
