/** Tells what happens, in sentences, on a stream of its own choosing. It does nothing itself. */

export interface Narrator {
  /** A step that the reader follows. */
  say(sentence: string): void;
  /** A command as a person would type it. */
  command(line: string): void;
  /** What a person saw, indented. */
  show(text: string): void;
  /** Runs something that takes a while, and says how long it took. */
  during<T>(sentence: string, work: () => Promise<T>): Promise<T>;
}

/** Writes to `stream`; the caller keeps stdout free where a program reads it. */
export function aNarrator(stream: NodeJS.WritableStream): Narrator {
  const line = (text: string): void => void stream.write(`${text}\n`);
  return {
    say: (sentence) => line(`\n▸ ${sentence}`),
    command: (text) => line(`  $ ${text}`),
    show: (text) => line(text.trimEnd().replace(/^/gm, '    ')),
    during: async (sentence, work) => {
      line(`\n▸ ${sentence}`);
      const startedAt = performance.now();
      const result = await work();
      line(`    done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      return result;
    },
  };
}

/** Says nothing, for stories that a test tells. */
export const silentNarrator: Narrator = {
  say: () => undefined,
  command: () => undefined,
  show: () => undefined,
  during: (_sentence, work) => work(),
};
