/** Splits a stream of bytes into lines. Bounded: one endless line must not fill memory. */

/** Five times what etcd stores in one object (1.5 MiB). */
const longestLine = 8 * 1024 * 1024;

const newline = 0x0a;

/** Each line without its end. A last line without its end is dropped: half an event cannot be used. Throws over 8 MiB. */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array>,
  limit = longestLine,
): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...held, chunk.subarray(from, end)]).toString('utf8');
      held = [];
      heldBytes = 0;
      from = end + 1;
      if (line !== '') yield line;
    }
    const rest = chunk.subarray(from);
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
    if (heldBytes > limit) throw new RangeError(`one line of the stream is longer than ${limit} bytes`);
  }
}
